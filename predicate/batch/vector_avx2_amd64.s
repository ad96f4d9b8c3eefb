//go:build amd64 && !purego

#include "funcdata.h"
#include "go_asm.h"
#include "textflag.h"

// The loops of vector_avx512_amd64.s for AVX2, BMI1 and BMI2. Operands stand in Go's order.
//
// A gather takes as long here as loading each lane by itself, or longer, and on some
// processors much longer. So these loops load lanes one by one, after they have checked all of
// them at once, and use permutations wherever a table fits into two registers.

DATA lanes<>+0(SB)/8, $0x0000000100000000
DATA lanes<>+8(SB)/8, $0x0000000300000002
DATA lanes<>+16(SB)/8, $0x0000000500000004
DATA lanes<>+24(SB)/8, $0x0000000700000006
GLOBL lanes<>(SB), RODATA|NOPTR, $32

#define SPLAT(reg, x, y) \
	VMOVD        reg, x \
	VPBROADCASTD x, y

#define SPLATQ(reg, x, y) \
	VMOVQ        reg, x \
	VPBROADCASTQ x, y

// INRANGE makes a mask in y of the lanes of x that are at most most, unsigned.
#define INRANGE(most, x, y) \
	VPMINUD  most, x, y \
	VPCMPEQD x, y, y

#define LOADONE(at, reg) \
	MOVL at(SI), reg      \
	MOVL (BX)(reg*4), reg \
	MOVL reg, at(DI)

// func codes256(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32)
//
// A memo of up to 16 codes is kept in two registers, Y10 and Y11.
TEXT ·codes256(SB), NOSPLIT, $0-44
	MOVQ dst+0(FP), DI
	MOVQ indices+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ memo+24(FP), BX
	MOVQ size+32(FP), DX
	SPLAT(DX, X1, Y1)
	DECQ DX
	SPLAT(DX, X0, Y0)
	VPCMPEQD Y9, Y9, Y9 // the lanes that were in range
	VMOVDQU  lanes<>(SB), Y2
	VPCMPGTD Y2, Y1, Y3
	CMPQ DX, $16
	JGE  codesMemory
	VPMASKMOVD (BX), Y3, Y10
	CMPQ DX, $8
	JLT  codes8

	MOVL $8, AX
	SPLAT(AX, X4, Y4)
	VPADDD   Y4, Y2, Y2
	VPCMPGTD Y2, Y1, Y3
	VPMASKMOVD 32(BX), Y3, Y11
codes16:
	VMOVDQU   (SI), Y1
	INRANGE(Y0, Y1, Y2)
	VPAND     Y2, Y9, Y9
	VPSLLD    $28, Y1, Y3
	VPERMD    Y10, Y1, Y4
	VPERMD    Y11, Y1, Y5
	VBLENDVPS Y3, Y5, Y4, Y4
	VMOVDQU   Y4, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   codes16
	JMP  codesDone

codes8:
	VMOVDQU (SI), Y1
	INRANGE(Y0, Y1, Y2)
	VPAND   Y2, Y9, Y9
	VPERMD  Y10, Y1, Y4
	VMOVDQU Y4, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   codes8
	JMP  codesDone

codesMemory:
	VMOVDQU (SI), Y1
	INRANGE(Y0, Y1, Y9)
	VMOVMSKPS Y9, AX
	CMPL AX, $0xff
	JNE  codesDone
	LOADONE(0, R8)
	LOADONE(4, R9)
	LOADONE(8, R10)
	LOADONE(12, R11)
	LOADONE(16, R8)
	LOADONE(20, R9)
	LOADONE(24, R10)
	LOADONE(28, R11)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   codesMemory

codesDone:
	VMOVMSKPS Y9, AX
	XORL $0xff, AX
	MOVL AX, wrong+40(FP)
	VZEROUPPER
	RET

#define WIDEN256(load, bytes) \
	load    (SI), Y0      \
	load    bytes(SI), Y1 \
	VMOVDQU Y0, (DI)      \
	VMOVDQU Y1, 32(DI)    \
	ADDQ    $(2*bytes), SI \
	ADDQ    $64, DI       \
	SUBQ    $16, CX

// func widen256(dst *uint32, src unsafe.Pointer, n int, kind uint8)
TEXT ·widen256(SB), NOSPLIT, $0-25
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
	WIDEN256(VPMOVSXWD, 16)
	JG signed16
	JMP widened
signed8:
	WIDEN256(VPMOVSXBD, 8)
	JG signed8
	JMP widened
unsigned16:
	WIDEN256(VPMOVZXWD, 16)
	JG unsigned16
	JMP widened
unsigned8:
	WIDEN256(VPMOVZXBD, 8)
	JG unsigned8
	JMP widened

	// What has a bit above the lowest 32 becomes all ones.
from64:
	VPXOR    Y7, Y7, Y7
	VPCMPEQD Y6, Y6, Y6
wide64:
	VMOVDQU  (SI), Y0
	VMOVDQU  32(SI), Y1
	VSHUFPS  $0x88, Y1, Y0, Y2
	VSHUFPS  $0xdd, Y1, Y0, Y3
	VPCMPEQD Y7, Y3, Y3
	VPXOR    Y6, Y3, Y3
	VPOR     Y3, Y2, Y2
	VPERMQ   $0xd8, Y2, Y2
	VMOVDQU  Y2, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   wide64
widened:
	VZEROUPPER
	RET

#define ADVANCEONE(at, reg) \
	MOVL at(DI), reg      \
	ADDL at(SI), reg      \
	MOVL (BX)(reg*4), reg \
	MOVL reg, at(DI)

// func advance256(states, classes *uint32, n int, next *uint32, size int)
TEXT ·advance256(SB), NOSPLIT, $0-40
	MOVQ states+0(FP), DI
	MOVQ classes+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ next+24(FP), BX
	MOVQ size+32(FP), DX
	DECQ DX
	SPLAT(DX, X0, Y0)
advance:
	VMOVDQU (DI), Y1
	VPADDD  (SI), Y1, Y1
	INRANGE(Y0, Y1, Y2)
	VMOVMSKPS Y2, AX
	CMPL AX, $0xff
	JNE  advanceChecked
	ADVANCEONE(0, R8)
	ADVANCEONE(4, R9)
	ADVANCEONE(8, R10)
	ADVANCEONE(12, R11)
	ADVANCEONE(16, R8)
	ADVANCEONE(20, R9)
	ADVANCEONE(24, R10)
	ADVANCEONE(28, R11)
advanced:
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JG   advance
	VZEROUPPER
	RET

	// Some lane leads out of the table: it gets 0.
advanceChecked:
	VPXOR      Y3, Y3, Y3
	VPGATHERDD Y2, (BX)(Y1*4), Y3
	VMOVDQU    Y3, (DI)
	JMP        advanced

// BITS8 decides the places in Y1: of up to 256 bits in Y10, and stores a byte of mask.
#define BITS8 \
	INRANGE(Y0, Y1, Y2)    \
	VPAND     Y2, Y9, Y9   \
	VPSRLD    $5, Y1, Y3   \
	VPANDN    Y8, Y1, Y6   \
	VPERMD    Y10, Y3, Y4  \
	VPSLLVD   Y6, Y4, Y4   \
	VPAND     Y2, Y4, Y4   \
	VMOVMSKPS Y4, AX       \
	MOVB      AX, (DI)     \
	INCQ      DI           \
	ADDQ      $32, SI      \
	SUBQ      $8, CX

// BITS16 is BITS8 for up to 512 bits in Y10 and Y11.
#define BITS16 \
	INRANGE(Y0, Y1, Y2)        \
	VPAND     Y2, Y9, Y9       \
	VPSRLD    $5, Y1, Y3       \
	VPSLLD    $23, Y1, Y7      \
	VPANDN    Y8, Y1, Y6       \
	VPERMD    Y10, Y3, Y4      \
	VPERMD    Y11, Y3, Y5      \
	VBLENDVPS Y7, Y5, Y4, Y4   \
	VPSLLVD   Y6, Y4, Y4       \
	VPAND     Y2, Y4, Y4       \
	VMOVMSKPS Y4, AX           \
	MOVB      AX, (DI)         \
	INCQ      DI               \
	ADDQ      $32, SI          \
	SUBQ      $8, CX

// MOST2 and MOST1 put the largest place of 8 rows into the lanes of Y1.
#define MOST2(at) \
	VMOVDQU at(SI), Y2     \
	VPADDD  at(R8), Y2, Y2 \
	VPMAXUD Y2, Y1, Y1

#define MOST1(at) \
	VPMAXUD at(SI), Y1, Y1

// BIT2 and BIT1 shift the bit of a row into R11. Rows go from the last to the first.
#define BIT2(at) \
	MOVL at(SI)(R9*4), AX   \
	ADDL at(R8)(R9*4), AX   \
	MOVL AX, R10            \
	SHRL $5, R10            \
	MOVL (BX)(R10*4), R10   \
	BTL  AX, R10            \
	ADCQ R11, R11

#define BIT1(at) \
	MOVL at(SI)(R9*4), AX   \
	MOVL AX, R10            \
	SHRL $5, R10            \
	MOVL (BX)(R10*4), R10   \
	BTL  AX, R10            \
	ADCQ R11, R11

// func accept256(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32)
//
// A word of mask has the lowest bit for the first row. Up to 512 bits of final are
// kept in Y10 and Y11.
TEXT ·accept256(SB), NOSPLIT, $0-52
	MOVQ mask+0(FP), DI
	MOVQ states+8(FP), SI
	MOVQ classes+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ final+32(FP), BX
	MOVQ size+40(FP), DX
	LEAQ -1(DX), AX
	SPLAT(AX, X0, Y0)
	VPCMPEQD Y9, Y9, Y9
	CMPQ DX, $512
	JGT  acceptMemory

	MOVL $31, AX
	SPLAT(AX, X8, Y8)
	LEAQ 31(DX), R9
	SHRQ $5, R9
	SPLAT(R9, X1, Y1)
	VMOVDQU    lanes<>(SB), Y2
	VPCMPGTD   Y2, Y1, Y3
	VPMASKMOVD (BX), Y3, Y10
	CMPQ R9, $8
	JGT  accept16
	TESTQ R8, R8
	JZ   accept8one
accept8two:
	VMOVDQU (SI), Y1
	VPADDD  (R8), Y1, Y1
	ADDQ    $32, R8
	BITS8
	JG   accept8two
	JMP  acceptDone
accept8one:
	VMOVDQU (SI), Y1
	BITS8
	JG   accept8one
	JMP  acceptDone

accept16:
	MOVL $8, AX
	SPLAT(AX, X4, Y4)
	VPADDD     Y4, Y2, Y2
	VPCMPGTD   Y2, Y1, Y3
	VPMASKMOVD 32(BX), Y3, Y11
	TESTQ R8, R8
	JZ   accept16one
accept16two:
	VMOVDQU (SI), Y1
	VPADDD  (R8), Y1, Y1
	ADDQ    $32, R8
	BITS16
	JG   accept16two
	JMP  acceptDone
accept16one:
	VMOVDQU (SI), Y1
	BITS16
	JG   accept16one
	JMP  acceptDone

acceptMemory:
	VPXOR Y1, Y1, Y1
	MOVL  $56, R9
	XORL  R11, R11
	TESTQ R8, R8
	JZ    acceptOne
	MOST2(0)
	MOST2(32)
	MOST2(64)
	MOST2(96)
	MOST2(128)
	MOST2(160)
	MOST2(192)
	MOST2(224)
	INRANGE(Y0, Y1, Y2)
	VMOVMSKPS Y2, AX
	CMPL AX, $0xff
	JNE  acceptChecked
acceptEight2:
	BIT2(28)
	BIT2(24)
	BIT2(20)
	BIT2(16)
	BIT2(12)
	BIT2(8)
	BIT2(4)
	BIT2(0)
	SUBQ $8, R9
	JGE  acceptEight2
	ADDQ $256, R8
	JMP  acceptNext

acceptOne:
	MOST1(0)
	MOST1(32)
	MOST1(64)
	MOST1(96)
	MOST1(128)
	MOST1(160)
	MOST1(192)
	MOST1(224)
	INRANGE(Y0, Y1, Y2)
	VMOVMSKPS Y2, AX
	CMPL AX, $0xff
	JNE  acceptChecked
acceptEight1:
	BIT1(28)
	BIT1(24)
	BIT1(20)
	BIT1(16)
	BIT1(12)
	BIT1(8)
	BIT1(4)
	BIT1(0)
	SUBQ $8, R9
	JGE  acceptEight1
acceptNext:
	MOVQ R11, (DI)
	ADDQ $8, DI
	ADDQ $256, SI
	SUBQ $64, CX
	JG   acceptMemory
	JMP  acceptDone

	// Some row of the 64 leads out of final: its bit is 0.
acceptChecked:
	VPXOR Y9, Y9, Y9
	MOVL  $63, R9
checked:
	XORL  R10, R10
	MOVL  (SI)(R9*4), AX
	TESTQ R8, R8
	JZ    checkedOne
	ADDL  (R8)(R9*4), AX
checkedOne:
	CMPL AX, DX
	JAE  checkedBit
	MOVL AX, R10
	SHRL $5, R10
	MOVL (BX)(R10*4), R10
checkedBit:
	BTL  AX, R10
	ADCQ R11, R11
	DECQ R9
	JGE  checked
	TESTQ R8, R8
	JZ   acceptNext
	ADDQ $256, R8
	JMP  acceptNext

acceptDone:
	VMOVMSKPS Y9, AX
	XORL $0xff, AX
	MOVL AX, wrong+48(FP)
	VZEROUPPER
	RET

// SHOWTWO shifts in the bits of two rows, of either half of 64.
#define SHOWTWO(at) \
	MOVL at(SI)(R9*4), AX       \
	MOVL (at+128)(SI)(R9*4), R8 \
	CMPB (BX)(AX*1), $1         \
	ADCQ R11, R11               \
	CMPB (BX)(R8*1), $1         \
	ADCQ R10, R10

// func shown256(mask *uint64, indices *uint32, n int, shown *byte, size int) (wrong uint32)
//
// The byte of a visible value is 1, that of another 0, from which a comparison with
// 1 borrows. It stops at the first 64 rows of which some index leads out.
TEXT ·shown256(SB), NOSPLIT, $0-44
	MOVQ mask+0(FP), DI
	MOVQ indices+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ shown+24(FP), BX
	MOVQ size+32(FP), DX
	DECQ DX
	SPLAT(DX, X0, Y0)
shown:
	VPXOR Y1, Y1, Y1
	MOVL  $24, R9
	XORL  R11, R11
	XORL  R10, R10
	MOST1(0)
	MOST1(32)
	MOST1(64)
	MOST1(96)
	MOST1(128)
	MOST1(160)
	MOST1(192)
	MOST1(224)
	INRANGE(Y0, Y1, Y2)
	VMOVMSKPS Y2, AX
	XORL $0xff, AX
	JNE  shownDone
shownEight:
	SHOWTWO(28)
	SHOWTWO(24)
	SHOWTWO(20)
	SHOWTWO(16)
	SHOWTWO(12)
	SHOWTWO(8)
	SHOWTWO(4)
	SHOWTWO(0)
	SUBQ $8, R9
	JGE  shownEight
	SHLQ $32, R10
	ORQ  R10, R11
	NOTQ R11
	MOVQ R11, (DI)
	ADDQ $8, DI
	ADDQ $256, SI
	SUBQ $64, CX
	JG   shown
	XORL AX, AX
shownDone:
	MOVL AX, wrong+40(FP)
	VZEROUPPER
	RET

// What both loops over pairs keep in registers:
//
//	R13 scan  DI mask  SI first  R8 second  R12 shown or states  DX shift  Y0, Y7 and Y8 the largest indices
#define PAIRS(table) \
	MOVQ pairScan_mask(R13), DI            \
	MOVQ pairScan_first(R13), SI           \
	MOVQ pairScan_second(R13), R8          \
	MOVQ pairScan_n(R13), CX               \
	MOVQ pairScan_shift(R13), DX           \
	MOVQ table(R13), R12                   \
	VPCMPEQD Y6, Y6, Y6                    \
	VPBROADCASTD pairScan_firsts(R13), Y0  \
	VPADDD Y6, Y0, Y0                      \
	VPBROADCASTD pairScan_seconds(R13), Y7 \
	VPADDD Y6, Y7, Y7

// LARGEST puts the largest of 64 indices at p into the lanes of y.
#define LARGEST(p, y) \
	VMOVDQU 0(p), y         \
	VPMAXUD 32(p), y, y     \
	VPMAXUD 64(p), y, y     \
	VPMAXUD 96(p), y, y     \
	VPMAXUD 128(p), y, y    \
	VPMAXUD 160(p), y, y    \
	VPMAXUD 192(p), y, y    \
	VPMAXUD 224(p), y, y

#define PAIRONE(at) \
	MOVL  at(SI)(R9*4), AX   \
	SHLXL DX, AX, AX         \
	ORL   at(R8)(R9*4), AX   \
	CMPB  (R12)(AX*1), $1    \
	ADCQ  R11, R11

// func pairs256(s *pairScan) (wrong uint32)
//
// See shown256 for how a byte becomes a bit.
TEXT ·pairs256(SB), NOSPLIT, $0-12
	MOVQ s+0(FP), R13
	PAIRS(pairScan_shown)
pairs:
	LARGEST(SI, Y1)
	LARGEST(R8, Y2)
	INRANGE(Y0, Y1, Y3)
	INRANGE(Y7, Y2, Y4)
	VPAND     Y4, Y3, Y3
	VMOVMSKPS Y3, AX
	XORL  $0xff, AX
	JNE   pairsDone
	MOVL  $56, R9
	XORL  R11, R11
pairsEight:
	PAIRONE(28)
	PAIRONE(24)
	PAIRONE(20)
	PAIRONE(16)
	PAIRONE(12)
	PAIRONE(8)
	PAIRONE(4)
	PAIRONE(0)
	SUBQ $8, R9
	JGE  pairsEight
	NOTQ R11
	MOVQ R11, (DI)
	ADDQ $8, DI
	ADDQ $256, SI
	ADDQ $256, R8
	SUBQ $64, CX
	JG   pairs
	XORL AX, AX
pairsDone:
	MOVL AX, wrong+8(FP)
	VZEROUPPER
	RET

// func few256(s *pairScan) (wrong uint32)
//
// The bits of up to 32 second values are kept for each of up to 16 first values, in Y10 and
// Y11. The bit of a row is shifted to the sign of its lane.
TEXT ·few256(SB), NOSPLIT, $0-12
	MOVQ s+0(FP), R13
	PAIRS(pairScan_few)
	VMOVDQU  (R12), Y10
	VMOVDQU  32(R12), Y11
	VPCMPEQD Y9, Y9, Y9 // the lanes that were in range
	MOVL     $31, AX
	SPLAT(AX, X8, Y8)
fewEight:
	VMOVDQU   (SI), Y1
	VMOVDQU   (R8), Y2
	INRANGE(Y0, Y1, Y3)
	INRANGE(Y7, Y2, Y4)
	VPAND     Y3, Y9, Y9
	VPAND     Y4, Y9, Y9
	VPERMD    Y10, Y1, Y3
	VPERMD    Y11, Y1, Y4
	VPSLLD    $28, Y1, Y1
	VBLENDVPS Y1, Y4, Y3, Y3
	VPXOR     Y8, Y2, Y2
	VPSLLVD   Y2, Y3, Y3
	VMOVMSKPS Y3, AX
	MOVB      AX, (DI)
	INCQ DI
	ADDQ $32, SI
	ADDQ $32, R8
	SUBQ $8, CX
	JG   fewEight
	VMOVMSKPS Y9, AX
	XORL $0xff, AX
	MOVL AX, wrong+8(FP)
	VZEROUPPER
	RET

#define TRIPLEONE(at) \
	MOVL  at(SI)(R9*4), AX   \
	SHLXL DX, AX, AX         \
	ORL   at(R8)(R9*4), AX   \
	MOVL  at(R14)(R9*4), R13 \
	MOVL  (R12)(AX*4), AX    \
	ADDL  (R10)(R13*4), AX   \
	MOVL  AX, R13            \
	SHRL  $5, R13            \
	MOVL  (BX)(R13*4), R13   \
	BTL   AX, R13            \
	ADCQ  R11, R11

// func triples256(s *pairScan) (wrong uint32)
//
//	R14 third  R10 memo  BX final
TEXT ·triples256(SB), NOSPLIT, $0-12
	MOVQ s+0(FP), R13
	PAIRS(pairScan_states)
	MOVQ pairScan_third(R13), R14
	MOVQ pairScan_memo(R13), R10
	MOVQ pairScan_final(R13), BX
	VPBROADCASTD pairScan_thirds(R13), Y8
	VPADDD Y6, Y8, Y8
triples:
	LARGEST(SI, Y1)
	LARGEST(R8, Y2)
	LARGEST(R14, Y5)
	INRANGE(Y0, Y1, Y3)
	INRANGE(Y7, Y2, Y4)
	VPAND     Y4, Y3, Y3
	INRANGE(Y8, Y5, Y4)
	VPAND     Y4, Y3, Y3
	VMOVMSKPS Y3, AX
	XORL  $0xff, AX
	JNE   triplesDone
	MOVL  $56, R9
	XORL  R11, R11
triplesEight:
	TRIPLEONE(28)
	TRIPLEONE(24)
	TRIPLEONE(20)
	TRIPLEONE(16)
	TRIPLEONE(12)
	TRIPLEONE(8)
	TRIPLEONE(4)
	TRIPLEONE(0)
	SUBQ $8, R9
	JGE  triplesEight
	MOVQ R11, (DI)
	ADDQ $8, DI
	ADDQ $256, SI
	ADDQ $256, R8
	ADDQ $256, R14
	SUBQ $64, CX
	JG   triples
	XORL AX, AX
triplesDone:
	MOVL AX, wrong+8(FP)
	VZEROUPPER
	RET

// func one256(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32)
//
//	Y10 size  Y11 last  Y12 first  Y13 keep  Y14 tail  R9 data + size - 4
TEXT ·one256(SB), NOSPLIT, $0-60
	MOVQ mask+0(FP), DI
	MOVQ offsets+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ data+24(FP), DX
	MOVQ size+40(FP), R8
	SPLAT(R8, X10, Y10)
	MOVQ last+32(FP), AX
	SPLAT(AX, X11, Y11)
	MOVL first+48(FP), AX
	SPLAT(AX, X12, Y12)
	MOVL keep+52(FP), AX
	SPLAT(AX, X13, Y13)
	MOVL tail+56(FP), AX
	SPLAT(AX, X14, Y14)
	LEAQ -4(DX)(R8*1), R9
one:
	VMOVDQU   (SI), Y0
	VMOVDQU   4(SI), Y1
	VPSUBD    Y0, Y1, Y1
	VPCMPEQD  Y10, Y1, Y1
	VMOVMSKPS Y1, AX
	TESTL AX, AX
	JZ    next
	INRANGE(Y11, Y0, Y2)
	VMOVMSKPS Y2, R10
	CMPL  R10, $0xff
	JNE   next // those of the right length may be equal

	MOVL (SI), R10
	MOVL 16(SI), R11
	VMOVD (DX)(R10*1), X2
	VMOVD (DX)(R11*1), X3
	MOVL 4(SI), R10
	MOVL 20(SI), R11
	VPINSRD $1, (DX)(R10*1), X2, X2
	VPINSRD $1, (DX)(R11*1), X3, X3
	MOVL 8(SI), R10
	MOVL 24(SI), R11
	VPINSRD $2, (DX)(R10*1), X2, X2
	VPINSRD $2, (DX)(R11*1), X3, X3
	MOVL 12(SI), R10
	MOVL 28(SI), R11
	VPINSRD $3, (DX)(R10*1), X2, X2
	VPINSRD $3, (DX)(R11*1), X3, X3
	VINSERTI128 $1, X3, Y2, Y2
	VPAND     Y13, Y2, Y2
	VPCMPEQD  Y12, Y2, Y2
	VPAND     Y2, Y1, Y1
	VMOVMSKPS Y1, AX
	TESTL AX, AX
	JZ    next
	CMPQ  R8, $4
	JLT   next
	VMOVDQA    Y1, Y2
	VPXOR      Y3, Y3, Y3
	VPGATHERDD Y2, (R9)(Y0*1), Y3
	VPCMPEQD   Y14, Y3, Y3
	VPAND      Y3, Y1, Y1
	VMOVMSKPS  Y1, AX
next:
	MOVB AX, (DI)
	INCQ DI
	ADDQ $32, SI
	SUBQ $8, CX
	JG   one
	VZEROUPPER
	RET

// What both loops over texts keep in registers:
//
//	R13 scan  DI dst  SI offsets  CX n  DX data  BX redo
//	Y15 last  Y14 ones  Y13 miss  Y12 null  Y10 14
#define PROLOGUE256 \
	MOVQ textScan_dst(R13), DI           \
	MOVQ textScan_offsets(R13), SI       \
	MOVQ textScan_n(R13), CX             \
	MOVQ textScan_data(R13), DX          \
	MOVQ textScan_redo(R13), BX          \
	VPBROADCASTD textScan_last(R13), Y15 \
	VPCMPEQD Y14, Y14, Y14               \
	VPBROADCASTD textScan_miss(R13), Y13 \
	VPBROADCASTD textScan_null(R13), Y12 \
	MOVL $14, AX                         \
	SPLAT(AX, X10, Y10)

// STARTS reads where 8 texts begin, Y0, and how long they are, Y8, and whether 16
// bytes of each can be read.
#define STARTS \
	VMOVDQU   (SI), Y0    \
	VMOVDQU   4(SI), Y8   \
	VPSUBD    Y0, Y8, Y8  \
	INRANGE(Y15, Y0, Y2)  \
	VMOVMSKPS Y2, AX      \
	CMPL      AX, $0xff

// REDO stores which of 8 texts are neither empty nor of 1 to 15 bytes, and makes a mask
// of the empty ones in Y4.
#define REDO \
	VPXOR     Y4, Y4, Y4   \
	VPCMPEQD  Y8, Y4, Y4   \
	VPADDD    Y14, Y8, Y2  \
	VPMINUD   Y10, Y2, Y0  \
	VPCMPEQD  Y2, Y0, Y2   \
	VPOR      Y4, Y2, Y2   \
	VMOVMSKPS Y2, AX       \
	XORL      $0xff, AX    \
	MOVB      AX, (BX)

#define PAIR(a, b, x, y) \
	MOVL a(SI), AX                        \
	MOVL b(SI), R9                        \
	VMOVDQU (DX)(AX*1), x                 \
	VINSERTI128 $1, (DX)(R9*1), y, y

// WORDS2 loads the first 8 bytes of 8 texts as two words, Y1 and Y3, with what is
// behind each text cleared. It leaves in Y6 the bits that the second word has, or more.
#define WORDS2 \
	PAIR(0, 16, X0, Y0)      \
	PAIR(4, 20, X1, Y1)      \
	PAIR(8, 24, X2, Y2)      \
	PAIR(12, 28, X3, Y3)     \
	VPUNPCKLDQ  Y1, Y0, Y4   \
	VPUNPCKHDQ  Y1, Y0, Y0   \
	VPUNPCKLDQ  Y3, Y2, Y5   \
	VPUNPCKHDQ  Y3, Y2, Y2   \
	VPUNPCKLQDQ Y5, Y4, Y1   \
	VPUNPCKHQDQ Y5, Y4, Y3   \
	VPSLLD      $3, Y8, Y6   \
	VPSLLVD     Y6, Y14, Y4  \
	VPANDN      Y1, Y4, Y1   \
	VPSUBUSW    Y9, Y6, Y6   \
	VPSLLVD     Y6, Y14, Y4  \
	VPANDN      Y3, Y4, Y3

// WORDS4 adds bytes 8 to 14 and the length as two words more, Y4 and Y5.
#define WORDS4 \
	VPUNPCKLQDQ Y2, Y0, Y4   \
	VPUNPCKHQDQ Y2, Y0, Y5   \
	VPSUBUSW    Y9, Y6, Y6   \
	VPSLLVD     Y6, Y14, Y0  \
	VPANDN      Y4, Y0, Y4   \
	VPSUBUSW    Y9, Y6, Y6   \
	VPSLLVD     Y6, Y14, Y0  \
	VPANDN      Y5, Y0, Y5   \
	VPSLLD      $24, Y8, Y6  \
	VPOR        Y6, Y5, Y5

// LENGTH is WORDS4 where no value has more than 8 bytes: the length alone.
#define LENGTH \
	VPSLLD $24, Y8, Y5

#define HASH4 \
	VPXOR   Y1, Y3, Y0  \
	VPXOR   Y4, Y0, Y0  \
	VPXOR   Y5, Y0, Y0  \
	VPMULLD Y11, Y0, Y0

#define HASH3 \
	VPXOR   Y1, Y3, Y0  \
	VPXOR   Y5, Y0, Y0  \
	VPMULLD Y11, Y0, Y0

// SLOT16 compares a word with that of the value in slot Y2, of 16; Y0 has the
// highest bit of the slot as its sign. SLOT8 has 8.
#define SLOT16(at, y) \
	VPERMD    at(R8), Y2, Y6      \
	VPERMD    (at+32)(R8), Y2, Y7 \
	VBLENDVPS Y0, Y7, Y6, Y6      \
	VPCMPEQD  y, Y6, y

#define SLOT8(at, y) \
	VPERMD   at(R8), Y2, Y6 \
	VPCMPEQD y, Y6, y

#define CODE16 \
	VPERMD    planes_codes(R8), Y2, Y6      \
	VPERMD    (planes_codes+32)(R8), Y2, Y7 \
	VBLENDVPS Y0, Y7, Y6, Y6

#define CODE8 \
	VPERMD planes_codes(R8), Y2, Y6

// STORE256 stores the codes Y6 where Y1 is set, and goes on.
#define STORE256 \
	VPBLENDVB Y1, Y6, Y13, Y6  \
	REDO                       \
	VPBLENDVB Y4, Y12, Y6, Y6  \
	VMOVDQU   Y6, (DI)

#define NEXT8 \
	ADDQ $32, SI \
	ADDQ $32, DI \
	INCQ BX      \
	SUBQ $8, CX

#define FAR \
	MOVB $0xff, (BX) \
	NEXT8

// func planes256(s *textScan)
//
//	R8 planes  Y9 32  Y11 mul
TEXT ·planes256(SB), NOSPLIT, $0-8
	MOVQ s+0(FP), R13
	PROLOGUE256
	MOVQ textScan_planes(R13), R8
	VPBROADCASTD planes_mul(R8), Y11
	MOVL $32, AX
	SPLAT(AX, X9, Y9)
	CMPQ textScan_wide(R13), $0
	JNE  planesWide
	CMPB planes_half(R8), $0
	JNE  tiny8

tiny16:
	STARTS
	JNE    tiny16far
	WORDS2
	LENGTH
	HASH3
	VPSRLD $28, Y0, Y2
	SLOT16(planes_lo, Y1)
	SLOT16((planes_lo+64), Y3)
	SLOT16((planes_hi+64), Y5)
	VPAND  Y3, Y1, Y1
	VPAND  Y5, Y1, Y1
	CODE16
	STORE256
	NEXT8
	JG  tiny16
	JMP planesDone
tiny16far:
	FAR
	JG  tiny16
	JMP planesDone

tiny8:
	STARTS
	JNE    tiny8far
	WORDS2
	LENGTH
	HASH3
	VPSRLD $29, Y0, Y2
	SLOT8(planes_lo, Y1)
	SLOT8((planes_lo+64), Y3)
	SLOT8((planes_hi+64), Y5)
	VPAND  Y3, Y1, Y1
	VPAND  Y5, Y1, Y1
	CODE8
	STORE256
	NEXT8
	JG  tiny8
	JMP planesDone
tiny8far:
	FAR
	JG  tiny8
	JMP planesDone

planesWide:
	CMPB planes_half(R8), $0
	JNE  wide8
wide16:
	STARTS
	JNE    wide16far
	WORDS2
	WORDS4
	HASH4
	VPSRLD $28, Y0, Y2
	SLOT16(planes_lo, Y1)
	SLOT16((planes_lo+64), Y3)
	SLOT16(planes_hi, Y4)
	SLOT16((planes_hi+64), Y5)
	VPAND  Y3, Y1, Y1
	VPAND  Y5, Y4, Y4
	VPAND  Y4, Y1, Y1
	CODE16
	STORE256
	NEXT8
	JG  wide16
	JMP planesDone
wide16far:
	FAR
	JG  wide16
	JMP planesDone

wide8:
	STARTS
	JNE    wide8far
	WORDS2
	WORDS4
	HASH4
	VPSRLD $29, Y0, Y2
	SLOT8(planes_lo, Y1)
	SLOT8((planes_lo+64), Y3)
	SLOT8(planes_hi, Y4)
	SLOT8((planes_hi+64), Y5)
	VPAND  Y3, Y1, Y1
	VPAND  Y5, Y4, Y4
	VPAND  Y4, Y1, Y1
	CODE8
	STORE256
	NEXT8
	JG  wide8
	JMP planesDone
wide8far:
	FAR
	JG  wide8

planesDone:
	VZEROUPPER
	RET

// KEYS4 makes the keys of the 4 texts at SI+at, whose lengths are in x, and their hashes, and
// stores them for the 4 rows at R10. See vector_avx512_amd64.s for what it clears.
#define KEYS4(at, x, y) \
	PAIR(at, (at+8), X0, Y0)      \
	PAIR((at+4), (at+12), X1, Y1) \
	VPUNPCKLQDQ Y1, Y0, Y2        \
	VPUNPCKHQDQ Y1, Y0, Y3        \
	VPMOVZXDQ   x, y              \
	VPSLLQ      $3, y, Y4         \
	VPSLLVQ     Y4, Y14, Y5       \
	VPANDN      Y2, Y5, Y2        \
	VPSUBUSW    Y9, Y4, Y4        \
	VPSLLVQ     Y4, Y14, Y5       \
	VPANDN      Y3, Y5, Y3        \
	VPSLLQ      $56, y, y         \
	VPOR        y, Y3, Y3         \
	VMOVDQU     Y2, (2*at)(R10)   \
	VMOVDQU     Y3, (512+2*at)(R10) \
	VPSRLQ      $32, Y2, Y0       \
	VPSRLQ      $32, Y3, Y1       \
	VPMULUDQ    Y11, Y0, Y0       \
	VPMULUDQ    Y7, Y1, Y1        \
	VPADDQ      Y1, Y0, Y0        \
	VPMULUDQ    mulLoHigh-32(SP), Y2, Y4 \
	VPMULUDQ    mulHiHigh-64(SP), Y3, Y5 \
	VPADDQ      Y4, Y0, Y0        \
	VPADDQ      Y5, Y0, Y0        \
	VPSLLQ      $32, Y0, Y0       \
	VPMULUDQ    Y11, Y2, Y2       \
	VPMULUDQ    Y7, Y3, Y3        \
	VPADDQ      Y2, Y0, Y0        \
	VPADDQ      Y3, Y0, Y0        \
	VMOVDQU     Y0, (1024+2*at)(R10)

#define PILOT(at, reg) \
	MOVQ    (1024+at)(R10), reg \
	SHRXQ   R12, reg, reg       \
	MOVBLZX (R11)(reg*1), reg

#define PLACED(at, reg) \
	MOVQ (1024+at)(R10), reg

// FOUND4 leaves in a which of 4 keys are equal to those of their places, of which it
// leaves the numbers, times 4, in registers.
#define FOUND4(at, a, xa) \
	PLACED((at+0), AX)                       \
	PLACED((at+16), R9)                      \
	VMOVDQU     (R8)(AX*4), xa               \
	VINSERTI128 $1, (R8)(R9*4), a, a         \
	PLACED((at+8), R11)                      \
	PLACED((at+24), R12)                     \
	VMOVDQU     (R8)(R11*4), X1              \
	VINSERTI128 $1, (R8)(R12*4), Y1, Y1      \
	VPUNPCKLQDQ Y1, a, Y3                    \
	VPUNPCKHQDQ Y1, a, a                     \
	VPCMPEQQ    at(R10), Y3, Y3              \
	VPCMPEQQ    (512+at)(R10), a, a          \
	VPAND       Y3, a, a

// EQUAL8 brings the masks of 8 rows together in Y1.
#define EQUAL8 \
	VSHUFPS $0x88, Y2, Y0, Y1 \
	VPERMQ  $0xd8, Y1, Y1

// EMPTY8 makes a mask of the empty ones of 8 texts in Y4.
#define EMPTY8 \
	VMOVDQU  (SI), Y4       \
	VPCMPEQD 4(SI), Y4, Y4

// func perfect256(s *textScan)
//
// Up to 64 texts go through three passes: their keys and hashes, the places of these, and
// the comparison. What a pass hands on is in the frame: the first words of 64
// keys, the second words, and hashes that become places times 4. A text that cannot be read
// leaves there what was there before; whatever that is, its place is one of the table.
//
//	R8 keys  R11 pilots  R12 shift  R14 rows of this turn
TEXT ·perfect256(SB), 0, $1632-8
	NO_LOCAL_POINTERS
	MOVQ s+0(FP), R13
	PROLOGUE256
	MOVQ textScan_keys(R13), R8
turn:
	// Y9 64  Y11 mulLo  Y7 mulHi
	MOVL $64, AX
	SPLATQ(AX, X9, Y9)
	MOVQ textScan_mulLo(R13), AX
	SPLATQ(AX, X11, Y11)
	MOVQ textScan_mulHi(R13), R9
	SPLATQ(R9, X7, Y7)
	VPSRLQ  $32, Y11, Y0
	VMOVDQU Y0, mulLoHigh-32(SP)
	VPSRLQ  $32, Y7, Y0
	VMOVDQU Y0, mulHiHigh-64(SP)
	LEAQ  rows-1632(SP), R10
	MOVL  $64, AX
	CMPQ  CX, AX
	CMOVQLT CX, AX
	MOVQ  AX, turn-72(SP)
	MOVQ  AX, R12
	MOVQ  SI, offsets-80(SP)
keys:
	STARTS
	JNE  keysFar
	REDO
	VEXTRACTI128 $1, Y8, X6
	KEYS4(0, X8, Y8)
	KEYS4(16, X6, Y6)
keysNext:
	ADDQ $64, R10
	ADDQ $32, SI
	INCQ BX
	SUBQ $8, R12
	JG   keys

	// Y5 mix  Y6 the high half of mix  Y7 top  Y8 slots  Y9 see pilotXor
	MOVQ textScan_pilots(R13), R11
	MOVQ textScan_shift(R13), R12
	MOVQ $const_pilotMix, AX
	SPLATQ(AX, X5, Y5)
	VPSRLQ $32, Y5, Y6
	VPBROADCASTQ textScan_top(R13), Y7
	VPBROADCASTQ textScan_slots(R13), Y8
	MOVQ textScan_xor(R13), R9
	LEAQ rows-1632(SP), R10
	MOVQ turn-72(SP), AX
	SUBQ AX, CX
	MOVQ AX, left-88(SP)
places:
	PILOT(0, AX)
	VMOVQ (R9)(AX*8), X0
	PILOT(8, AX)
	VPINSRQ $1, (R9)(AX*8), X0, X0
	PILOT(16, AX)
	VMOVQ (R9)(AX*8), X1
	PILOT(24, AX)
	VPINSRQ $1, (R9)(AX*8), X1, X1
	VINSERTI128 $1, X1, Y0, Y0
	VMOVDQU  1024(R10), Y1
	VPXOR    Y1, Y0, Y0
	VPMULUDQ Y5, Y0, Y2
	VPMULUDQ Y6, Y0, Y3
	VPSRLQ   $32, Y0, Y0
	VPMULUDQ Y5, Y0, Y0
	VPSRLQ   $32, Y2, Y2
	VPADDQ   Y3, Y0, Y0
	VPADDQ   Y2, Y0, Y0
	VPSRLQ   $32, Y1, Y1
	VPAND    Y7, Y1, Y1
	VPANDN   Y0, Y7, Y0
	VPOR     Y1, Y0, Y0
	VPMULUDQ Y8, Y0, Y0
	VPSRLQ   $32, Y0, Y0
	VPSLLQ   $2, Y0, Y0
	VMOVDQU  Y0, 1024(R10)
	ADDQ $32, R10
	SUBQ $4, left-88(SP)
	JG   places

	MOVQ offsets-80(SP), SI
	LEAQ rows-1632(SP), R10
	MOVQ textScan_codes(R13), R14
	CMPQ textScan_same(R13), $0
	JEQ  codesOfPlaces
	VPBROADCASTD (R14), Y11
sameCode:
	FOUND4(0, Y0, X0)
	FOUND4(32, Y2, X2)
	EQUAL8
	EMPTY8
	VPBLENDVB Y1, Y11, Y13, Y6
	VPBLENDVB Y4, Y12, Y6, Y6
	VMOVDQU   Y6, (DI)
	ADDQ $64, R10
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, turn-72(SP)
	JG   sameCode
	TESTQ CX, CX
	JG   turn
	VZEROUPPER
	RET

codesOfPlaces:
	FOUND4(0, Y0, X0)
	VMOVD   (R14)(AX*1), X6
	VPINSRD $1, (R14)(R11*1), X6, X6
	VPINSRD $2, (R14)(R9*1), X6, X6
	VPINSRD $3, (R14)(R12*1), X6, X6
	FOUND4(32, Y2, X2)
	VMOVD   (R14)(AX*1), X7
	VPINSRD $1, (R14)(R11*1), X7, X7
	VPINSRD $2, (R14)(R9*1), X7, X7
	VPINSRD $3, (R14)(R12*1), X7, X7
	VINSERTI128 $1, X7, Y6, Y6
	EQUAL8
	EMPTY8
	VPBLENDVB Y1, Y6, Y13, Y6
	VPBLENDVB Y4, Y12, Y6, Y6
	VMOVDQU   Y6, (DI)
	ADDQ $64, R10
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, turn-72(SP)
	JG   codesOfPlaces
	TESTQ CX, CX
	JG   turn
	VZEROUPPER
	RET

keysFar:
	MOVB $0xff, (BX)
	JMP  keysNext
