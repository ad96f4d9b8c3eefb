//go:build amd64 && !purego

#include "go_asm.h"
#include "textflag.h"

// The copies of vector_avx512_amd64.s for AVX2, which has no instruction that brings selected lanes
// together: a table has, for each 8 bits of mask, the lanes they select. Where
// they are fewer than 8 the first is repeated, so that every lane of the result is
// one of a selected row.
//
// Where 8 rows reach past the end of what is read or written, masks of lanes keep
// to it.

#define SPLAT(reg, x, y) \
	VMOVD        reg, x \
	VPBROADCASTD x, y

// LANES256 makes a mask in y of the lanes that are set in the bits of AX.
#define LANES256(x, y) \
	SPLAT(AX, x, y)                \
	VPAND    laneBits<>(SB), y, y  \
	VPCMPEQD laneBits<>(SB), y, y

// FIRST256 makes a mask in y of the first DX lanes.
#define FIRST256(y) \
	LEAQ    firstLanes<>+32(SB), R10 \
	MOVQ    DX, BX                   \
	NEGQ    BX                       \
	VMOVDQU (R10)(BX*4), y

// laneBits has bit i in lane i.
DATA laneBits<>+0(SB)/8, $0x0000000200000001
DATA laneBits<>+8(SB)/8, $0x0000000800000004
DATA laneBits<>+16(SB)/8, $0x0000002000000010
DATA laneBits<>+24(SB)/8, $0x0000008000000040
GLOBL laneBits<>(SB), RODATA|NOPTR, $32

// firstLanes, read 4*n bytes before its middle, selects the first n of 8 lanes.
DATA firstLanes<>+0(SB)/8, $-1
DATA firstLanes<>+8(SB)/8, $-1
DATA firstLanes<>+16(SB)/8, $-1
DATA firstLanes<>+24(SB)/8, $-1
DATA firstLanes<>+32(SB)/8, $0
DATA firstLanes<>+40(SB)/8, $0
DATA firstLanes<>+48(SB)/8, $0
DATA firstLanes<>+56(SB)/8, $0
GLOBL firstLanes<>(SB), RODATA|NOPTR, $64

// MOST8 reduces the lanes of y, x its lower half, to the largest, op says of what, in AX.
#define MOST8(op, x, y) \
	VEXTRACTI128 $1, y, X4    \
	op           X4, x, x     \
	VPSHUFD      $0x4e, x, X4 \
	op           X4, x, x     \
	VPSHUFD      $0xb1, x, X4 \
	op           X4, x, x     \
	VMOVD        x, AX

// func take32x256(dst, src *uint32, mask *uint64, words, dstLen, srcLen int, lanes *uint64) (most uint32)
//
//	R13 the last place in dst where 8 fit  R14 the same in src  R9 lanes
TEXT ·take32x256(SB), NOSPLIT, $0-60
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ mask+16(FP), R8
	MOVQ words+24(FP), CX
	MOVQ dstLen+32(FP), R13
	LEAQ -32(DI)(R13*4), R13
	MOVQ srcLen+40(FP), R14
	LEAQ -32(SI)(R14*4), R14
	MOVQ lanes+48(FP), R9
	VPXOR Y3, Y3, Y3
word32:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    none32
	MOVQ  SI, R12
part32:
	MOVBLZX   R11, AX
	TESTL     AX, AX
	JZ        next32
	POPCNTL   AX, DX
	VPMOVZXBD (R9)(AX*8), Y0
	CMPQ      R12, R14
	JHI       end32
	VPERMD    (R12), Y0, Y1
write32:
	VPMAXUD Y1, Y3, Y3
	CMPQ    DI, R13
	JHI     short32
	VMOVDQU Y1, (DI)
	LEAQ    (DI)(DX*4), DI
next32:
	ADDQ $32, R12
	SHRQ $8, R11
	JNZ  part32
none32:
	ADDQ $256, SI
	DECQ CX
	JNZ  word32
	MOST8(VPMAXUD, X3, Y3)
	MOVL AX, most+56(FP)
	VZEROUPPER
	RET

end32:
	LANES256(X1, Y1)
	VPMASKMOVD (R12), Y1, Y1
	VPERMD     Y1, Y0, Y1
	JMP        write32
short32:
	FIRST256(Y2)
	VPMASKMOVD Y1, Y2, (DI)
	LEAQ (DI)(DX*4), DI
	JMP  next32

// func take64x256(dst, src *uint64, mask *uint64, words, dstLen, srcLen int, lanes *uint64)
//
// Here lanes has 16 entries, for 4 bits of mask.
TEXT ·take64x256(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ mask+16(FP), R8
	MOVQ words+24(FP), CX
	MOVQ dstLen+32(FP), R13
	LEAQ -32(DI)(R13*8), R13
	MOVQ srcLen+40(FP), R14
	LEAQ -32(SI)(R14*8), R14
	MOVQ lanes+48(FP), R9
word64:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    none64
	MOVQ  SI, R12
part64:
	MOVL      R11, AX
	ANDL      $15, AX
	JZ        next64
	POPCNTL   AX, DX
	VPMOVZXBD (R9)(AX*8), Y0
	CMPQ      R12, R14
	JHI       end64
	VPERMD    (R12), Y0, Y1
write64:
	CMPQ    DI, R13
	JHI     short64
	VMOVDQU Y1, (DI)
	LEAQ    (DI)(DX*8), DI
next64:
	ADDQ $32, R12
	SHRQ $4, R11
	JNZ  part64
none64:
	ADDQ $512, SI
	DECQ CX
	JNZ  word64
	VZEROUPPER
	RET

end64:
	SPLAT(AX, X1, Y1)
	VPAND      quadBits<>(SB), Y1, Y1
	VPCMPEQD   quadBits<>(SB), Y1, Y1
	VPMASKMOVD (R12), Y1, Y1
	VPERMD     Y1, Y0, Y1
	JMP        write64
short64:
	MOVQ DX, AX
	ADDQ DX, DX
	FIRST256(Y2)
	VPMASKMOVD Y1, Y2, (DI)
	LEAQ (DI)(AX*8), DI
	JMP  next64

// quadBits has bit i/2 in lane i.
DATA quadBits<>+0(SB)/8, $0x0000000100000001
DATA quadBits<>+8(SB)/8, $0x0000000200000002
DATA quadBits<>+16(SB)/8, $0x0000000400000004
DATA quadBits<>+24(SB)/8, $0x0000000800000008
GLOBL quadBits<>(SB), RODATA|NOPTR, $32

// func offsets256(starts, ends, offsets *int32, mask *uint64, words int, limit int32, dstLen, srcLen int, lanes *uint64) (most, signs int32)
//
//	R13 starts  DI ends  SI offsets  R8 mask  R9 lanes
//	Y8 the longest of each lane  Y9 the sum so far  Y10 signs  Y11 limit  Y12 the lane that holds the sum
TEXT ·offsets256(SB), NOSPLIT, $0-80
	MOVQ starts+0(FP), R13
	MOVQ ends+8(FP), DI
	MOVQ offsets+16(FP), SI
	MOVQ mask+24(FP), R8
	MOVQ words+32(FP), CX
	MOVL limit+40(FP), AX
	SPLAT(AX, X11, Y11)
	MOVL $7, AX
	SPLAT(AX, X12, Y12)
	MOVQ lanes+64(FP), R9
	VPXOR Y8, Y8, Y8
	VPXOR Y9, Y9, Y9
	VPXOR Y10, Y10, Y10
	MOVQ srcLen+56(FP), R14
	LEAQ -36(SI)(R14*4), R14 // where 9 offsets can be read
	MOVQ dstLen+48(FP), AX
	LEAQ -32(DI)(AX*4), AX
	MOVQ AX, dstLen+48(FP)
wordOffsets:
	MOVQ  (R8), R11
	ADDQ  $8, R8
	TESTQ R11, R11
	JZ    noOffsets
	MOVQ  SI, R12
partOffsets:
	MOVBLZX   R11, AX
	TESTL     AX, AX
	JZ        nextOffsets
	POPCNTL   AX, DX
	VPMOVZXBD (R9)(AX*8), Y0
	CMPQ      R12, R14
	JHI       endOffsets
	VPERMD    (R12), Y0, Y1
	VPERMD    4(R12), Y0, Y2
sumOffsets:
	VPSUBD Y1, Y2, Y3
	VPSUBD Y2, Y11, Y4
	VPOR   Y1, Y10, Y10
	VPOR   Y2, Y10, Y10 // an end below 0 may be far enough below for the others to wrap
	VPOR   Y3, Y4, Y4
	VPOR   Y4, Y10, Y10
	VPMAXSD Y3, Y8, Y8

	// Each lane becomes the sum of itself and those below it.
	FIRST256(Y7)
	VPAND  Y7, Y3, Y3
	VPSLLDQ $4, Y3, Y4
	VPADDD  Y4, Y3, Y3
	VPSLLDQ $8, Y3, Y4
	VPADDD  Y4, Y3, Y3
	VPSHUFD $0xff, Y3, Y4
	VPERM2I128 $8, Y4, Y4, Y4
	VPADDD  Y9, Y3, Y3
	VPADDD  Y4, Y3, Y3
	VPOR    Y3, Y10, Y10
	VPERMD  Y3, Y12, Y9
	CMPQ DI, dstLen+48(FP)
	JHI  shortOffsets
	VMOVDQU Y1, (R13)
	VMOVDQU Y3, (DI)
doneOffsets:
	LEAQ (DI)(DX*4), DI
	LEAQ (R13)(DX*4), R13
nextOffsets:
	ADDQ $32, R12
	SHRQ $8, R11
	JNZ  partOffsets
noOffsets:
	ADDQ $256, SI
	DECQ CX
	JNZ  wordOffsets

	MOST8(VPMAXSD, X8, Y8)
	MOVL AX, most+72(FP)
	VMOVMSKPS Y10, AX
	NEGL AX // negative if there was one
	MOVL AX, signs+76(FP)
	VZEROUPPER
	RET

endOffsets:
	LANES256(X3, Y3)
	VPMASKMOVD (R12), Y3, Y1
	VPMASKMOVD 4(R12), Y3, Y2
	VPERMD     Y1, Y0, Y1
	VPERMD     Y2, Y0, Y2
	JMP        sumOffsets
shortOffsets:
	VPMASKMOVD Y1, Y7, (R13)
	VPMASKMOVD Y3, Y7, (DI)
	JMP doneOffsets

#define MOVE(load, store, reg) \
	MOVL  (R8)(CX*4), AX  \
	CMPQ  AX, R10         \
	JHI   moved           \
	load  (SI)(AX*1), reg \
	store reg, (DI)(BX*1) \
	MOVL  (R9)(CX*4), BX  \
	INCQ  CX              \
	CMPQ  CX, DX

// AHEAD asks for what longer texts are read from later. Where some rows are left out, a
// processor does not foresee the next lines. It is no fault if they do not exist.
#define AHEAD(at) PREFETCHT2 8192(SI)(at*1)

// func move256(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int)
TEXT ·move256(SB), NOSPLIT, $0-72
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
	MOVL    (R8)(CX*4), AX
	CMPQ    AX, R10
	JHI     moved
	AHEAD(AX)
	VMOVDQU (SI)(AX*1), Y0
	VMOVDQU 32(SI)(AX*1), Y1
	VMOVDQU Y0, (DI)(BX*1)
	VMOVDQU Y1, 32(DI)(BX*1)
	MOVL    (R9)(CX*4), BX
	INCQ    CX
	CMPQ    CX, DX
	JLT     move64
	JMP     moved
move32:
	MOVE(VMOVDQU, VMOVDQU, Y0)
	JLT move32
	JMP moved
move16:
	MOVE(VMOVDQU, VMOVDQU, X0)
	JLT move16
moved:
	MOVQ CX, done+64(FP)
	VZEROUPPER
	RET

// func marks256(mask *uint64, marks *byte, words int)
TEXT ·marks256(SB), NOSPLIT, $0-24
	MOVQ mask+0(FP), DI
	MOVQ marks+8(FP), SI
	MOVQ words+16(FP), CX
	VPXOR Y2, Y2, Y2
marks:
	VPCMPEQB  (SI), Y2, Y0
	VPCMPEQB  32(SI), Y2, Y1
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	SHLQ $32, BX
	ORQ  BX, AX
	NOTQ AX
	MOVQ AX, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  marks
	VZEROUPPER
	RET

#define RANK(at, a, b) \
	MOVL    at(DI), a         \
	MOVL    a, b              \
	SHRL    $6, b             \
	NOTL    a                 \
	MOVL    (R8)(b*4), R12    \
	MOVQ    (SI)(b*8), b      \
	SHLXQ   a, b, b           \
	POPCNTQ b, b              \
	ADDL    R12, b            \
	MOVL    b, at(DI)

// func rank256(indices *uint32, n int, mask *uint64, before *uint32)
//
// A shift by the complement of an index, of which 6 bits count, drops the bits above
// that of the index.
TEXT ·rank256(SB), NOSPLIT, $0-32
	MOVQ indices+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ mask+16(FP), SI
	MOVQ before+24(FP), R8
rank:
	RANK(0, AX, BX)
	RANK(4, DX, R9)
	RANK(8, R10, R11)
	RANK(12, AX, BX)
	RANK(16, DX, R9)
	RANK(20, R10, R11)
	RANK(24, AX, BX)
	RANK(28, DX, R9)
	ADDQ $32, DI
	SUBQ $8, CX
	JG   rank
	RET

// func rising256(offsets *int32, n int) (signs uint32)
//
// It is 0 if none of n offsets is negative or exceeds the one behind it.
TEXT ·rising256(SB), NOSPLIT, $0-20
	MOVQ offsets+0(FP), SI
	MOVQ n+8(FP), CX
	VPXOR Y2, Y2, Y2
rising:
	VMOVDQU  (SI), Y0
	VPOR     Y0, Y2, Y2
	VPCMPGTD 4(SI), Y0, Y1
	VPOR     Y1, Y2, Y2
	ADDQ $32, SI
	SUBQ $8, CX
	JG   rising
	VMOVMSKPS Y2, AX
	MOVL AX, signs+16(FP)
	VZEROUPPER
	RET
