//go:build amd64 && !purego

#include "go_asm.h"
#include "textflag.h"

// The hot loops for AVX-512. Operands stand in Go's order: the last is the
// destination, and a - b is VPSUB b, a. A gather clears its mask, so it gets a copy; and its destination
// is cleared before, so that it does not wait for what was there.

// func codes512(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32)
//
// A memo of up to 32 codes is kept in two registers; others are read from
// memory.
TEXT ·codes512(SB), NOSPLIT, $0-44
	MOVQ dst+0(FP), DI
	MOVQ indices+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ memo+24(FP), BX
	MOVQ size+32(FP), DX
	VPBROADCASTD DX, Z0
	KXORW K7, K7, K7 // the lanes whose index was out of range
	CMPQ DX, $32
	JGT  gather

	MOVQ  $-1, AX
	BZHIQ DX, AX, AX
	KMOVW AX, K1
	SHRQ  $16, AX
	KMOVW AX, K2
	VMOVDQU32.Z (BX), K1, Z10
	VMOVDQU32.Z 64(BX), K2, Z11
permute:
	VMOVDQU32 (SI), Z1
	VPCMPUD   $5, Z0, Z1, K1
	KORW      K1, K7, K7
	VPERMI2D  Z11, Z10, Z1
	VMOVDQU32 Z1, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $16, CX
	JG   permute
	JMP  done

gather:
	VMOVDQU32  (SI), Z1
	VPCMPUD    $5, Z0, Z1, K1
	KORW       K1, K7, K7
	KNOTW      K1, K1
	VPXORD     Z2, Z2, Z2
	VPGATHERDD (BX)(Z1*4), K1, Z2
	VMOVDQU32  Z2, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $16, CX
	JG   gather

done:
	KMOVW K7, AX
	MOVL  AX, wrong+40(FP)
	VZEROUPPER
	RET

#define WIDEN(load, bytes) \
	load      (SI), Z0   \
	VMOVDQU32 Z0, (DI)   \
	ADDQ      $bytes, SI \
	ADDQ      $64, DI    \
	SUBQ      $16, CX

// func widen512(dst *uint32, src unsafe.Pointer, n int, kind uint8)
//
// A kind is the bytes of an index, and widenSigned if it has a sign. 64 bits are
// taken as unsigned, so that what is below 0 does not fit either.
TEXT ·widen512(SB), NOSPLIT, $0-25
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVBLZX kind+24(FP), AX
	CMPL AX, $1
	JEQ  unsigned8
	CMPL AX, $2
	JEQ  unsigned16
	CMPL AX, $(16+1)
	JEQ  signed8
	CMPL AX, $(16+2)
	JNE  from64
signed16:
	WIDEN(VPMOVSXWD, 32)
	JG signed16
	JMP widened
signed8:
	WIDEN(VPMOVSXBD, 16)
	JG signed8
	JMP widened
unsigned16:
	WIDEN(VPMOVZXWD, 32)
	JG unsigned16
	JMP widened
unsigned8:
	WIDEN(VPMOVZXBD, 16)
	JG unsigned8
	JMP widened

from64:
	VMOVDQU64 (SI), Z0
	VPMOVUSQD Z0, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   from64
widened:
	VZEROUPPER
	RET

// func advance512(states, classes *uint32, n int, next *uint32, size int)
TEXT ·advance512(SB), NOSPLIT, $0-40
	MOVQ states+0(FP), DI
	MOVQ classes+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ next+24(FP), BX
	MOVQ size+32(FP), DX
	VPBROADCASTD DX, Z0

advance:
	VMOVDQU32  (DI), Z1
	VPADDD     (SI), Z1, Z1
	VPCMPUD    $1, Z0, Z1, K1
	VPXORD     Z2, Z2, Z2
	VPGATHERDD (BX)(Z1*4), K1, Z2
	VMOVDQU32  Z2, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $16, CX
	JG   advance
	VZEROUPPER
	RET

// From the places in Z1 to the bits of final there: word Z2, bit K2.
#define PLACES \
	VPCMPUD $5, Z0, Z1, K1 \
	KORW    K1, K7, K7     \
	KNOTW   K1, K1         \
	VPSRLD  $5, Z1, Z3     \
	VPANDD  Z30, Z1, Z4    \
	VPSLLVD Z4, Z31, Z4

#define PERMUTE \
	VPERMD Z10, Z3, Z2

#define GATHER \
	KMOVW      K1, K3     \
	VPXORD     Z2, Z2, Z2 \
	VPGATHERDD (BX)(Z3*4), K3, Z2

#define BITS \
	VPTESTMD Z4, Z2, K1, K2 \
	KMOVW    K2, AX         \
	MOVW     AX, (DI)       \
	ADDQ     $2, DI         \
	ADDQ     $64, SI        \
	SUBQ     $16, CX

// func accept512(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32)
//
// Up to 512 bits of final are kept in a register. Without classes, states lead
// to the bits alone.
TEXT ·accept512(SB), NOSPLIT, $0-52
	MOVQ mask+0(FP), DI
	MOVQ states+8(FP), SI
	MOVQ classes+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ final+32(FP), BX
	MOVQ size+40(FP), DX
	VPBROADCASTD DX, Z0
	MOVL  $31, AX
	VPBROADCASTD AX, Z30
	MOVL  $1, AX
	VPBROADCASTD AX, Z31
	KXORW K7, K7, K7
	CMPQ  DX, $512
	JGT   large

	LEAQ  31(DX), R9
	SHRQ  $5, R9
	MOVQ  $-1, AX
	BZHIQ R9, AX, AX
	KMOVW AX, K1
	VMOVDQU32.Z (BX), K1, Z10
	TESTQ R8, R8
	JZ    small1
small2:
	VMOVDQU32 (SI), Z1
	VPADDD    (R8), Z1, Z1
	ADDQ      $64, R8
	PLACES
	PERMUTE
	BITS
	JG   small2
	JMP  decided
small1:
	VMOVDQU32 (SI), Z1
	PLACES
	PERMUTE
	BITS
	JG   small1
	JMP  decided

large:
	TESTQ R8, R8
	JZ    large1
large2:
	VMOVDQU32 (SI), Z1
	VPADDD    (R8), Z1, Z1
	ADDQ      $64, R8
	PLACES
	GATHER
	BITS
	JG   large2
	JMP  decided
large1:
	VMOVDQU32 (SI), Z1
	PLACES
	GATHER
	BITS
	JG   large1

decided:
	KMOVW K7, AX
	MOVL  AX, wrong+48(FP)
	VZEROUPPER
	RET

// What all loops over texts keep in registers:
//
//	R15 scan  DI dst  SI offsets  CX n  DX data  BX redo  R8 keys  R9 codes
//	Y20 last  Y21 1  Y22 15  Z23 ones  Z24 64  Z25 mulLo  Z26 mulHi  Y27 miss  Y28 null
#define PROLOGUE \
	MOVQ textScan_dst(R15), DI            \
	MOVQ textScan_offsets(R15), SI        \
	MOVQ textScan_n(R15), CX              \
	MOVQ textScan_data(R15), DX           \
	MOVQ textScan_redo(R15), BX           \
	MOVQ textScan_keys(R15), R8           \
	MOVQ textScan_codes(R15), R9          \
	VPBROADCASTD textScan_last(R15), Y20  \
	MOVL $1, AX                           \
	VPBROADCASTD AX, Y21                  \
	MOVL $15, AX                          \
	VPBROADCASTD AX, Y22                  \
	VPTERNLOGQ $0xff, Z23, Z23, Z23       \
	MOVL $64, AX                          \
	VPBROADCASTQ AX, Z24                  \
	VPBROADCASTQ textScan_mulLo(R15), Z25 \
	VPBROADCASTQ textScan_mulHi(R15), Z26 \
	VPBROADCASTD textScan_miss(R15), Y27  \
	VPBROADCASTD textScan_null(R15), Y28

// TEXTS reads where 8 texts begin, Y2, and how long they are, Y3 and Z4; which
// of them are empty, K2; and which have 1 to 15 bytes with 16 to be read, K3.
// It loads their first 8 bytes, those after the text cleared, into Z0, and the
// length in bits into Z5.
#define TEXTS \
	VMOVDQU32 (SI), Y2            \
	VMOVDQU32 4(SI), Y3           \
	VPSUBD    Y2, Y3, Y3          \
	VPSUBD    Y21, Y3, Y4         \
	VPCMPUD   $1, Y22, Y4, K1     \
	VPCMPUD   $2, Y20, Y2, K1, K3 \
	VPTESTNMD Y3, Y3, K2          \
	KMOVB     K3, K4              \
	VPXORQ    Z0, Z0, Z0          \
	VPGATHERDQ (DX)(Y2*1), K4, Z0 \
	VPMOVZXDQ Y3, Z4              \
	VPSLLQ    $3, Z4, Z5          \
	VPSLLVQ   Z5, Z23, Z6         \
	VPANDNQ   Z0, Z6, Z0

// HIGH makes the second word of the keys, Z1: bytes 8 to 14 and the length. Where
// a text has no byte there, the shift is by none and all bits are cleared.
#define HIGH \
	KMOVB      K3, K4              \
	VPXORQ     Z1, Z1, Z1          \
	VPGATHERDQ 8(DX)(Y2*1), K4, Z1 \
	VPSUBUSW   Z24, Z5, Z5         \
	VPSLLVQ    Z5, Z23, Z6         \
	VPANDNQ    Z1, Z6, Z1          \
	VPSLLQ     $56, Z4, Z4         \
	VPORQ      Z4, Z1, Z1

#define HASH \
	VPMULLQ Z25, Z0, Z7 \
	VPMULLQ Z26, Z1, Z8 \
	VPADDQ  Z7, Z8, Z7

// COMPARE compares the keys with those at places Z7, of the lanes K5, and leaves
// in K5 which are equal.
#define COMPARE \
	VPADDQ     Z7, Z7, Z8           \
	KMOVB      K5, K4               \
	VPXORQ     Z9, Z9, Z9           \
	VPGATHERQQ (R8)(Z8*8), K4, Z9   \
	KMOVB      K5, K4               \
	VPXORQ     Z10, Z10, Z10        \
	VPGATHERQQ 8(R8)(Z8*8), K4, Z10 \
	VPCMPEQQ   Z9, Z0, K5, K5       \
	VPCMPEQQ   Z10, Z1, K5, K5

// CODES stores the codes at places Z7 of the lanes K5; empty texts have the code
// of null, all others that of a miss. K6 are those to be done again.
#define CODES \
	VMOVDQA32  Y27, Y9            \
	KMOVB      K5, K4             \
	VPGATHERQD (R9)(Z7*4), K4, Y9 \
	STORE

#define STORE \
	VMOVDQA32  Y28, K2, Y9 \
	VMOVDQU32  Y9, (DI)    \
	KMOVB      K6, AX      \
	MOVB       AX, (BX)    \
	ADDQ $32, SI           \
	ADDQ $32, DI           \
	ADDQ $1, BX            \
	SUBQ $8, CX

// func few512(s *textScan)
//
// The place of a key is the highest byte of its hash.
TEXT ·few512(SB), NOSPLIT, $0-8
	MOVQ s+0(FP), R15
	PROLOGUE
	CMPQ textScan_wide(R15), $0
	JEQ  tiny

few:
	TEXTS
	HIGH
	HASH
	VPSRLQ $56, Z7, Z7
	KMOVB  K3, K5
	COMPARE
	KORB   K2, K3, K6
	KNOTB  K6, K6
	CODES
	JG     few
	VZEROUPPER
	RET

	// No value has more than 8 bytes: the second word is the length. A longer
	// text has another.
tiny:
	TEXTS
	VPSLLQ $56, Z4, Z1
	HASH
	VPSRLQ $56, Z7, Z7
	KMOVB  K3, K5
	COMPARE
	KORB   K2, K3, K6
	KNOTB  K6, K6
	CODES
	JG     tiny
	VZEROUPPER
	RET

// FIND looks the keys Z0 and Z1 up in a handful and stores their codes.
#define FIND \
	VPXORQ    Z0, Z1, Z7      \
	VPSRLQ    $32, Z7, Z8     \
	VPXORQ    Z7, Z8, Z7      \
	VPMULUDQ  Z25, Z7, Z7     \
	VPSRLQ    $26, Z7, Z7     \
	VPERMB    Z11, Z7, Z8     \
	VMOVDQA64 Z8, Z9          \
	VPERMI2Q  Z13, Z12, Z9    \
	VPCMPEQQ  Z9, Z0, K3, K5  \
	VMOVDQA64 Z8, Z10         \
	VPERMI2Q  Z15, Z14, Z10   \
	VPCMPEQQ  Z10, Z1, K5, K5 \
	VPERMD    Z16, Z8, Z8     \
	VPMOVQD   Z8, Y8          \
	VMOVDQA32 Y27, Y9         \
	VMOVDQA32 Y8, K5, Y9      \
	KORB      K2, K3, K6      \
	KNOTB     K6, K6          \
	STORE

// func handful512(s *textScan)
//
// What a permutation leaves beside the lowest byte of a word, the next one does
// not look at: it takes 4 bits of each.
//
//	Z11 numbers  Z12 and Z13 lo  Z14 and Z15 hi  Z16 codes
TEXT ·handful512(SB), NOSPLIT, $0-8
	MOVQ s+0(FP), R15
	PROLOGUE
	MOVQ textScan_handful(R15), R8
	VMOVDQU64 handful_numbers(R8), Z11
	VMOVDQU64 handful_lo(R8), Z12
	VMOVDQU64 (handful_lo+64)(R8), Z13
	VMOVDQU64 handful_hi(R8), Z14
	VMOVDQU64 (handful_hi+64)(R8), Z15
	VMOVDQU64 handful_codes(R8), Z16
	VPBROADCASTQ handful_mul(R8), Z25
	CMPQ textScan_wide(R15), $0
	JEQ  handfulTiny

handful:
	TEXTS
	HIGH
	FIND
	JG   handful
	VZEROUPPER
	RET

handfulTiny:
	TEXTS
	VPSLLQ $56, Z4, Z1
	FIND
	JG   handfulTiny
	VZEROUPPER
	RET

// PLACE makes places Z7 of hashes Z7: see perfect.
#define PLACE \
	VPSRLVQ    Z11, Z7, Z9          \
	KMOVB      K3, K4               \
	VPXORQ     Z18, Z18, Z18        \
	VPGATHERQD (R10)(Z9*1), K4, Y18 \
	VPMOVZXDQ  Y18, Z18             \
	VPANDQ     Z15, Z18, Z18        \
	VPMULUDQ   Z13, Z18, Z18        \
	VPSRLQ     $32, Z7, Z17         \
	VPXORQ     Z18, Z7, Z7          \
	VPMULLQ    Z14, Z7, Z7          \
	VPSRLQ     $32, Z7, Z7          \
	VPTERNLOGQ $0xd8, Z16, Z17, Z7  \
	VPMULUDQ   Z12, Z7, Z7          \
	VPSRLQ     $32, Z7, Z7

// func perfect512(s *textScan)
//
//	R10 pilots  Z11 shift  Z12 slots  Z13 what pilots are multiplied with
//	Z14 what mixes  Z15 the lowest byte of a word  Z16 top  Y29 the code that all values have
TEXT ·perfect512(SB), NOSPLIT, $0-8
	MOVQ s+0(FP), R15
	PROLOGUE
	MOVQ textScan_pilots(R15), R10
	VPBROADCASTQ textScan_shift(R15), Z11
	VPBROADCASTQ textScan_slots(R15), Z12
	MOVQ $const_pilotMul, AX
	VPBROADCASTQ AX, Z13
	MOVQ $const_pilotMix, AX
	VPBROADCASTQ AX, Z14
	VPBROADCASTQ textScan_top(R15), Z16
	MOVL $255, AX
	VPBROADCASTQ AX, Z15
	CMPQ textScan_same(R15), $0
	JNE  same

perfect:
	TEXTS
	HIGH
	HASH
	PLACE
	KMOVB K3, K5
	COMPARE
	KORB  K2, K3, K6
	KNOTB K6, K6
	CODES
	JG    perfect
	VZEROUPPER
	RET

	// All values have one code, which needs no gather.
same:
	VPBROADCASTD (R9), Y29
again:
	TEXTS
	HIGH
	HASH
	PLACE
	KMOVB K3, K5
	COMPARE
	KORB  K2, K3, K6
	KNOTB K6, K6
	VMOVDQA32 Y27, Y9
	VMOVDQA32 Y29, K5, Y9
	STORE
	JG    again
	VZEROUPPER
	RET

// From 16 bits of mask in AX to K1, to how many they are in DX, and to a mask of
// as many lanes, K2.
#define LANES \
	KMOVW   AX, K1      \
	POPCNTL AX, DX      \
	BZHIQ   DX, R9, R10 \
	KMOVW   R10, K2

// func take32x512(dst, src *uint32, mask *uint64, words int) (most uint32)
//
// Lanes that no bit of the mask selects are neither read nor written.
TEXT ·take32x512(SB), NOSPLIT, $0-36
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ mask+16(FP), R8
	MOVQ words+24(FP), CX
	MOVQ $-1, R9
	VPXORD Z3, Z3, Z3
word32:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    none32
	MOVQ  SI, R12
part32:
	MOVWLZX R11, AX
	LANES
	VMOVDQU32.Z   (R12), K1, Z1
	VPMAXUD       Z1, Z3, Z3
	VPCOMPRESSD.Z Z1, K1, Z2
	VMOVDQU32     Z2, K2, (DI)
	LEAQ (DI)(DX*4), DI
	ADDQ $64, R12
	SHRQ $16, R11
	JNZ  part32
none32:
	ADDQ $256, SI
	DECQ CX
	JNZ  word32

	VEXTRACTI64X4 $1, Z3, Y4
	VPMAXUD       Y4, Y3, Y3
	VEXTRACTI128  $1, Y3, X4
	VPMAXUD       X4, X3, X3
	VPSHUFD       $0x4e, X3, X4
	VPMAXUD       X4, X3, X3
	VPSHUFD       $0xb1, X3, X4
	VPMAXUD       X4, X3, X3
	VMOVD X3, AX
	MOVL  AX, most+32(FP)
	VZEROUPPER
	RET

// func take64x512(dst, src *uint64, mask *uint64, words int)
TEXT ·take64x512(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ mask+16(FP), R8
	MOVQ words+24(FP), CX
	MOVQ $-1, R9
word64:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    none64
	MOVQ  SI, R12
part64:
	MOVBLZX R11, AX
	LANES
	VMOVDQU64.Z   (R12), K1, Z1
	VPCOMPRESSQ.Z Z1, K1, Z2
	VMOVDQU64     Z2, K2, (DI)
	LEAQ (DI)(DX*8), DI
	ADDQ $64, R12
	SHRQ $8, R11
	JNZ  part64
none64:
	ADDQ $512, SI
	DECQ CX
	JNZ  word64
	VZEROUPPER
	RET

// func offsets512(starts, ends, offsets *int32, mask *uint64, words int, limit int32) (most, signs int32)
//
//	Z16 limit  Z17 the lane that holds the sum  Z18 0  Z19 the sum so far
//	Z20 signs  Z21 the longest of each lane
TEXT ·offsets512(SB), NOSPLIT, $0-56
	MOVQ starts+0(FP), R13
	MOVQ ends+8(FP), DI
	MOVQ offsets+16(FP), SI
	MOVQ mask+24(FP), R8
	MOVQ words+32(FP), CX
	MOVL limit+40(FP), AX
	VPBROADCASTD AX, Z16
	MOVL $15, AX
	VPBROADCASTD AX, Z17
	VPXORD Z18, Z18, Z18
	VPXORD Z19, Z19, Z19
	VPXORD Z20, Z20, Z20
	VPXORD Z21, Z21, Z21
	MOVQ $-1, R9
wordOffsets:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    noOffsets
	MOVQ  SI, R12
partOffsets:
	MOVWLZX R11, AX
	LANES
	VMOVDQU32.Z (R12), K1, Z1
	VMOVDQU32.Z 4(R12), K1, Z2
	VPSUBD      Z1, Z2, Z3
	VPSUBD      Z2, Z16, Z4
	VPTERNLOGD  $0xfe, Z1, Z3, Z20
	VPORD       Z4, Z20, Z20
	VPORD       Z2, Z20, Z20 // an end below 0 may be far enough below for the others to wrap
	VPMAXSD     Z3, Z21, Z21
	VPCOMPRESSD.Z Z1, K1, Z5
	VPCOMPRESSD.Z Z3, K1, Z6
	VMOVDQU32     Z5, K2, (R13)

	// Each lane becomes the sum of itself and those below it.
	VALIGND $15, Z18, Z6, Z7
	VPADDD  Z7, Z6, Z6
	VALIGND $14, Z18, Z6, Z7
	VPADDD  Z7, Z6, Z6
	VALIGND $12, Z18, Z6, Z7
	VPADDD  Z7, Z6, Z6
	VALIGND $8, Z18, Z6, Z7
	VPADDD  Z7, Z6, Z6
	VPADDD  Z19, Z6, Z6
	VPORD   Z6, Z20, Z20
	VMOVDQU32 Z6, K2, (DI)
	VPERMD  Z6, Z17, Z19

	LEAQ (DI)(DX*4), DI
	LEAQ (R13)(DX*4), R13
	ADDQ $64, R12
	SHRQ $16, R11
	JNZ  partOffsets
noOffsets:
	ADDQ $256, SI
	DECQ CX
	JNZ  wordOffsets

	VEXTRACTI64X4 $1, Z21, Y4
	VPMAXSD       Y4, Y21, Y4
	VEXTRACTI128  $1, Y4, X5
	VPMAXSD       X5, X4, X4
	VPSHUFD       $0x4e, X4, X5
	VPMAXSD       X5, X4, X4
	VPSHUFD       $0xb1, X4, X5
	VPMAXSD       X5, X4, X4
	VMOVD X4, AX
	MOVL  AX, most+48(FP)
	VPMOVD2M Z20, K1
	KMOVW K1, AX
	NEGL  AX // negative if there was one
	MOVL  AX, signs+52(FP)
	VZEROUPPER
	RET

#define MOVES(width, load, store, reg) \
	MOVL  (R8)(CX*4), AX  \
	CMPQ  AX, R10         \
	JHI   moved           \
	load  (SI)(AX*1), reg \
	store reg, (DI)(BX*1) \
	MOVL  (R9)(CX*4), BX  \
	INCQ  CX              \
	CMPQ  CX, DX

// func move512(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int)
//
// It moves texts as a fixed number of bytes, one of 16, 32 and 64; what is too
// much the next overwrites. It stops where a text starts behind last.
TEXT ·move512(SB), NOSPLIT, $0-72
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ last+16(FP), R10
	MOVQ starts+24(FP), R8
	MOVQ ends+32(FP), R9
	MOVQ from+40(FP), CX
	MOVQ n+48(FP), DX
	MOVQ width+56(FP), R11
	XORL BX, BX
	TESTQ CX, CX
	JZ   move
	MOVL -4(R9)(CX*4), BX
move:
	CMPQ CX, DX
	JGE  moved
	CMPQ R11, $32
	JLT  move16
	JEQ  move32
move64:
	MOVL       (R8)(CX*4), AX
	MOVES(64, VMOVDQU32, VMOVDQU32, Z0)
	JLT move64
	JMP moved
move32:
	MOVES(32, VMOVDQU, VMOVDQU, Y0)
	JLT move32
	JMP moved
move16:
	MOVES(16, VMOVDQU, VMOVDQU, X0)
	JLT move16
moved:
	MOVQ CX, done+64(FP)
	VZEROUPPER
	RET

// func marks512(mask *uint64, marks *byte, words int)
TEXT ·marks512(SB), NOSPLIT, $0-24
	MOVQ mask+0(FP), DI
	MOVQ marks+8(FP), SI
	MOVQ words+16(FP), CX
marks:
	VMOVDQU8 (SI), Z0
	VPTESTMB Z0, Z0, K1
	KMOVQ    K1, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  marks
	VZEROUPPER
	RET

// func one512(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32)
//
// Of texts of the right length it compares the first bytes, and of those that
// agree the last four, if there are as many. Where a text starts behind last
// nothing is compared.
//
//	Z10 size  Z11 last  Z12 first  Z13 keep  Z14 tail  R9 data + size - 4
TEXT ·one512(SB), NOSPLIT, $0-60
	MOVQ mask+0(FP), DI
	MOVQ offsets+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ data+24(FP), DX
	MOVQ size+40(FP), R8
	VPBROADCASTD R8, Z10
	MOVQ last+32(FP), AX
	VPBROADCASTD AX, Z11
	MOVL first+48(FP), AX
	VPBROADCASTD AX, Z12
	MOVL keep+52(FP), AX
	VPBROADCASTD AX, Z13
	MOVL tail+56(FP), AX
	VPBROADCASTD AX, Z14
	LEAQ -4(DX)(R8*1), R9
one:
	VMOVDQU32 (SI), Z0
	VMOVDQU32 4(SI), Z1
	VPSUBD    Z0, Z1, Z1
	VPCMPEQD  Z10, Z1, K1
	VPCMPUD   $6, Z11, Z0, K1, K4
	KANDNW    K1, K4, K1
	KORTESTW  K1, K1
	JZ        next

	KMOVW      K1, K2
	VPXORD     Z2, Z2, Z2
	VPGATHERDD (DX)(Z0*1), K2, Z2
	VPANDD     Z13, Z2, Z2
	VPCMPEQD   Z12, Z2, K1, K1
	KORTESTW   K1, K1
	JZ         next
	CMPQ       R8, $4
	JLT        next
	KMOVW      K1, K2
	VPXORD     Z2, Z2, Z2
	VPGATHERDD (R9)(Z0*1), K2, Z2
	VPCMPEQD   Z14, Z2, K1, K1
next:
	KORW  K1, K4, K1
	KMOVW K1, AX
	MOVW  AX, (DI)
	ADDQ  $2, DI
	ADDQ  $64, SI
	SUBQ  $16, CX
	JG    one
	VZEROUPPER
	RET
