//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"

// Loops for NEON. Operands stand in Go's order: of instructions with two sources the second
// is the left one, so VUZP1 B, A, C and VZIP1 B, A, C begin with A, and VSUB B, A, C is
// A - B.
//
// Tables are kept in registers. TBL gives 0 for a byte that leads out of its table, TBX
// keeps what was there, so no index reads memory.

// Two instructions that Go's assembler does not know: a shift of each byte or word to the left
// by a number of its own, to the right if that is negative, and a product of words.
#define USHLB(by, x, y) WORD $(0x6e204400 | by<<16 | x<<5 | y)
#define USHLS(by, x, y) WORD $(0x6ea04400 | by<<16 | x<<5 | y)
#define MULS(by, x, y)  WORD $(0x4ea09c00 | by<<16 | x<<5 | y)

// eightBits has bit i in byte i, twice.
DATA eightBits<>+0(SB)/8, $0x8040201008040201
DATA eightBits<>+8(SB)/8, $0x8040201008040201
GLOBL eightBits<>(SB), RODATA|NOPTR, $16

// LOADBITS loads eightBits.
#define LOADBITS(v) \
	MOVD $eightBits<>(SB), R9 \
	VLD1 (R9), [v.B16]

// SPLAT sets all words of v to a register.
#define SPLAT(reg, v) VDUP reg, v.S4

// NARROW brings the lowest bytes of 16 words in four registers together in d.
#define NARROW(a, b, c, e, d) \
	VUZP1 b.H8, a.H8, a.H8    \
	VUZP1 e.H8, c.H8, c.H8    \
	VUZP1 c.B16, a.B16, d.B16

// LARGEST4 takes the words of four registers into the largest so far, lane by lane.
#define LARGEST4(a, b, c, e, most) \
	VUMAX a.S4, most.S4, most.S4 \
	VUMAX b.S4, most.S4, most.S4 \
	VUMAX c.S4, most.S4, most.S4 \
	VUMAX e.S4, most.S4, most.S4

// LARGEST leaves the largest word of most in reg.
#define LARGEST(most, reg) \
	VEXT  $8, most.B16, most.B16, V0.B16 \
	VUMAX V0.S4, most.S4, most.S4        \
	VMOV  most.S[0], reg                 \
	VMOV  most.S[1], R9                  \
	CMP   R9, reg                        \
	CSEL  HS, reg, R9, reg

// WORD64 makes a word of mask of 64 bytes in V4 to V7, each 0 or all ones, with
// eightBits in V25: it adds neighbors three times.
#define WORD64 \
	VAND  V25.B16, V4.B16, V4.B16 \
	VAND  V25.B16, V5.B16, V5.B16 \
	VAND  V25.B16, V6.B16, V6.B16 \
	VAND  V25.B16, V7.B16, V7.B16 \
	VADDP V5.B16, V4.B16, V4.B16  \
	VADDP V7.B16, V6.B16, V6.B16  \
	VADDP V6.B16, V4.B16, V4.B16  \
	VADDP V4.B16, V4.B16, V4.B16  \
	VST1.P [V4.B8], 8(R0)

// BYTES128 looks the bytes of x up in the 128 bytes of V16 to V23, with 64 in V24.
#define BYTES128(x, d) \
	VTBL x.B16, [V16.B16, V17.B16, V18.B16, V19.B16], d.B16 \
	VSUB V24.B16, x.B16, x.B16                              \
	VTBX x.B16, [V20.B16, V21.B16, V22.B16, V23.B16], d.B16

#define SHOWN16(d) \
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4] \
	LARGEST4(V0, V1, V2, V3, V30)               \
	NARROW(V0, V1, V2, V3, V26)                 \
	BYTES128(V26, d)

// func shownNEON(mask *uint64, indices *uint32, n int, table *byte) (most uint32)
TEXT ·shownNEON(SB), NOSPLIT, $0-36
	MOVD mask+0(FP), R0
	MOVD indices+8(FP), R1
	MOVD n+16(FP), R2
	MOVD table+24(FP), R3
	VLD1.P 64(R3), [V16.B16, V17.B16, V18.B16, V19.B16]
	VLD1   (R3), [V20.B16, V21.B16, V22.B16, V23.B16]
	VMOVI  $64, V24.B16
	LOADBITS(V25)
	VEOR   V30.B16, V30.B16, V30.B16
shown:
	SHOWN16(V4)
	SHOWN16(V5)
	SHOWN16(V6)
	SHOWN16(V7)
	WORD64
	SUBS $64, R2, R2
	BGT  shown
	LARGEST(V30, R4)
	MOVW R4, most+32(FP)
	RET

#define PAIRS16(d) \
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4] \
	LARGEST4(V0, V1, V2, V3, V30)               \
	NARROW(V0, V1, V2, V3, V26)                 \
	VLD1.P 64(R2), [V0.S4, V1.S4, V2.S4, V3.S4] \
	LARGEST4(V0, V1, V2, V3, V31)               \
	NARROW(V0, V1, V2, V3, V27)                 \
	USHLB(28, 26, 26)                           \
	VORR   V27.B16, V26.B16, V26.B16            \
	BYTES128(V26, d)

// func pairsNEON(mask *uint64, first, second *uint32, n int, table *byte, shift uint64) (mostFirst, mostSecond uint32)
TEXT ·pairsNEON(SB), NOSPLIT, $0-56
	MOVD mask+0(FP), R0
	MOVD first+8(FP), R1
	MOVD second+16(FP), R2
	MOVD n+24(FP), R3
	MOVD table+32(FP), R4
	MOVD shift+40(FP), R5
	VLD1.P 64(R4), [V16.B16, V17.B16, V18.B16, V19.B16]
	VLD1   (R4), [V20.B16, V21.B16, V22.B16, V23.B16]
	VMOVI  $64, V24.B16
	LOADBITS(V25)
	VDUP   R5, V28.B16
	VEOR   V30.B16, V30.B16, V30.B16
	VEOR   V31.B16, V31.B16, V31.B16
pairs:
	PAIRS16(V4)
	PAIRS16(V5)
	PAIRS16(V6)
	PAIRS16(V7)
	WORD64
	SUBS $64, R3, R3
	BGT  pairs
	LARGEST(V30, R4)
	MOVW R4, mostFirst+48(FP)
	LARGEST(V31, R4)
	MOVW R4, mostSecond+52(FP)
	RET

// PLACES makes of the words of v, each less than 16, the four places that a word of theirs
// has in a table of bytes. V11 has the bytes 0, 1, 2, 3.
#define PLACES(v) \
	VSHL $2, v.S4, v.S4  \
	VSLI $8, v.S4, v.S4  \
	VSLI $16, v.S4, v.S4 \
	VORR V11.B16, v.B16, v.B16

#define LOADPLACES \
	MOVD $0x03020100, R9 \
	SPLAT(R9, V11)

#define CODES4(v) \
	PLACES(v) \
	VTBL v.B16, [V16.B16, V17.B16, V18.B16, V19.B16], v.B16

// func codesNEON(dst, indices *uint32, n int, table *uint32) (most uint32)
TEXT ·codesNEON(SB), NOSPLIT, $0-36
	MOVD dst+0(FP), R0
	MOVD indices+8(FP), R1
	MOVD n+16(FP), R2
	MOVD table+24(FP), R3
	VLD1 (R3), [V16.B16, V17.B16, V18.B16, V19.B16]
	LOADPLACES
	VEOR V30.B16, V30.B16, V30.B16
codes:
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4]
	LARGEST4(V0, V1, V2, V3, V30)
	CODES4(V0)
	CODES4(V1)
	CODES4(V2)
	CODES4(V3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	SUBS $16, R2, R2
	BGT  codes
	LARGEST(V30, R4)
	MOVW R4, most+32(FP)
	RET

// SUM4 adds classes to states and keeps the sum to 512, which leads out of the table.
#define SUM4(a, b) \
	VADD  b.S4, a.S4, a.S4       \
	VUMAX a.S4, V30.S4, V30.S4   \
	VUMIN V24.S4, a.S4, a.S4

// ACCEPT16 makes a mask of bytes of 16 sums: byte sum/8 of the table, of which it
// tests bit sum%8.
#define ACCEPT16(d) \
	VLD1.P 64(R1), [V0.S4, V1.S4, V2.S4, V3.S4]     \
	VLD1.P 64(R2), [V20.S4, V21.S4, V22.S4, V23.S4] \
	SUM4(V0, V20)                                   \
	SUM4(V1, V21)                                   \
	SUM4(V2, V22)                                   \
	SUM4(V3, V23)                                   \
	VUSHR $3, V0.S4, V20.S4                         \
	VUSHR $3, V1.S4, V21.S4                         \
	VUSHR $3, V2.S4, V22.S4                         \
	VUSHR $3, V3.S4, V23.S4                         \
	NARROW(V20, V21, V22, V23, V26)                 \
	NARROW(V0, V1, V2, V3, V27)                     \
	VTBL V26.B16, [V16.B16, V17.B16, V18.B16, V19.B16], V26.B16 \
	VAND V28.B16, V27.B16, V27.B16                  \
	VTBL V27.B16, [V25.B16], V27.B16                \
	VCMTST V27.B16, V26.B16, d.B16

// func acceptNEON(mask *uint64, states, classes *uint32, n int, table *uint32) (most uint32)
TEXT ·acceptNEON(SB), NOSPLIT, $0-44
	MOVD mask+0(FP), R0
	MOVD states+8(FP), R1
	MOVD classes+16(FP), R2
	MOVD n+24(FP), R3
	MOVD table+32(FP), R4
	VLD1 (R4), [V16.B16, V17.B16, V18.B16, V19.B16]
	LOADBITS(V25)
	MOVD  $512, R9
	SPLAT(R9, V24)
	VMOVI $7, V28.B16
	VEOR  V30.B16, V30.B16, V30.B16
accept:
	ACCEPT16(V4)
	ACCEPT16(V5)
	ACCEPT16(V6)
	ACCEPT16(V7)
	WORD64
	SUBS $64, R3, R3
	BGT  accept
	LARGEST(V30, R4)
	MOVW R4, most+40(FP)
	RET

// func marksNEON(mask *uint64, marks *byte, words int)
TEXT ·marksNEON(SB), NOSPLIT, $0-24
	MOVD mask+0(FP), R0
	MOVD marks+8(FP), R1
	MOVD words+16(FP), R2
	LOADBITS(V25)
marks:
	VLD1.P 64(R1), [V4.B16, V5.B16, V6.B16, V7.B16]
	VCMTST V4.B16, V4.B16, V4.B16
	VCMTST V5.B16, V5.B16, V5.B16
	VCMTST V6.B16, V6.B16, V6.B16
	VCMTST V7.B16, V7.B16, V7.B16
	WORD64
	SUBS $1, R2, R2
	BGT  marks
	RET

// func risingNEON(offsets *int32, n int) (signs uint32)
//
// It is 0 if none of n offsets is negative or exceeds the one behind it. As
// unsigned numbers they must not decrease, and the highest bit must be 0.
TEXT ·risingNEON(SB), NOSPLIT, $0-20
	MOVD offsets+0(FP), R0
	MOVD n+8(FP), R1
	ADD  $4, R0, R2
	VEOR V30.B16, V30.B16, V30.B16 // bits that are set in some offset
	VEOR V31.B16, V31.B16, V31.B16 // not 0 where one decreases
rising:
	VLD1.P 32(R0), [V0.S4, V1.S4]
	VLD1.P 32(R2), [V2.S4, V3.S4]
	VORR  V0.B16, V30.B16, V30.B16
	VORR  V2.B16, V30.B16, V30.B16
	VORR  V1.B16, V30.B16, V30.B16
	VORR  V3.B16, V30.B16, V30.B16
	VUMAX V0.S4, V2.S4, V0.S4
	VUMAX V1.S4, V3.S4, V1.S4
	VEOR  V2.B16, V0.B16, V0.B16
	VEOR  V3.B16, V1.B16, V1.B16
	VORR  V0.B16, V31.B16, V31.B16
	VORR  V1.B16, V31.B16, V31.B16
	SUBS $8, R1, R1
	BGT  rising
	VUSHR $31, V30.S4, V30.S4
	VORR  V30.B16, V31.B16, V31.B16
	LARGEST(V31, R4)
	MOVW R4, signs+16(FP)
	RET

// START1 reads a start, and leaves it to Go if 4 bytes of the text could reach past the end.
#define START1(at, lane) \
	MOVWU at(R1), R9    \
	CMP   R4, R9        \
	BHI   store         \
	ADD   R3, R9, R9    \
	VLD1  (R9), lane

// func oneNEON(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep uint32)
//
//	V16 size  V17 first  V18 keep  V25 eightBits  R0 mask  R1 offsets  R3 data  R4 last
TEXT ·oneNEON(SB), NOSPLIT, $0-56
	MOVD mask+0(FP), R0
	MOVD offsets+8(FP), R1
	MOVD n+16(FP), R2
	MOVD data+24(FP), R3
	MOVD last+32(FP), R4
	MOVD size+40(FP), R9
	SPLAT(R9, V16)
	MOVWU first+48(FP), R9
	SPLAT(R9, V17)
	MOVWU keep+52(FP), R9
	SPLAT(R9, V18)
	LOADBITS(V25)
one:
	ADD   $4, R1, R9
	VLD1  (R1), [V0.S4, V1.S4]
	VLD1  (R9), [V2.S4, V3.S4]
	VSUB  V0.S4, V2.S4, V2.S4
	VSUB  V1.S4, V3.S4, V3.S4
	VCMEQ V16.S4, V2.S4, V2.S4
	VCMEQ V16.S4, V3.S4, V3.S4
	VUZP1 V3.H8, V2.H8, V4.H8 // a halfword a text
	VMOV  V4.D[0], R9
	VMOV  V4.D[1], R10
	ORR   R9, R10, R10
	CBZ   R10, store          // none has the length

	START1(0, V5.S[0])
	START1(4, V5.S[1])
	START1(8, V5.S[2])
	START1(12, V5.S[3])
	START1(16, V6.S[0])
	START1(20, V6.S[1])
	START1(24, V6.S[2])
	START1(28, V6.S[3])
	VAND  V18.B16, V5.B16, V5.B16
	VAND  V18.B16, V6.B16, V6.B16
	VCMEQ V17.S4, V5.S4, V5.S4
	VCMEQ V17.S4, V6.S4, V6.S4
	VUZP1 V6.H8, V5.H8, V5.H8
	VAND  V5.B16, V4.B16, V4.B16
store:
	VUZP1 V4.B16, V4.B16, V4.B16
	VAND  V25.B16, V4.B16, V4.B16
	VUADDLV V4.B8, V4
	VMOV  V4.B[0], R9
	MOVB.P R9, 1(R0)
	ADD   $32, R1, R1
	SUBS  $8, R2, R2
	BGT   one
	RET

// TEXT1 loads 16 bytes of a text, clears what is behind it, and notes in R14 if it is
// longer than 15 bytes, or shorter than none. end becomes the start of the next.
#define TEXT1(at, start, end, v, bit) \
	MOVWU (at+4)(R2), end       \
	CMP   R7, start             \
	BHI   far                   \
	SUBW  start, end, R12       \
	ADD   R4, start, R13        \
	VLD1  (R13), [v.B16]        \
	AND   $15, R12, R13         \
	ADD   R13<<4, R8, R13       \
	VLD1  (R13), [V9.B16]       \
	VAND  V9.B16, v.B16, v.B16  \
	CMPW  $15, R12              \
	CSET  HI, R13               \
	ORR   R13<<bit, R14, R14

// SLOT compares a word of four keys, x, with those of the values in the slots of V4.
#define SLOT(a, b, c, d, x) \
	VTBL  V4.B16, [a.B16, b.B16, c.B16, d.B16], V5.B16 \
	VCMEQ x.S4, V5.S4, x.S4

// TEXTS4 looks up four texts, as TEXT1 left them in V0 to V3.
//
//	V0 to V3  words 0 to 3 of the keys, of which the last has the length in its highest byte
//	V4        places of the slots
//	V8        lengths
#define TEXTS4(at) \
	ADD   $at, R2, R12            \
	VLD1  (R12), [V5.S4]          \
	ADD   $4, R12, R12            \
	VLD1  (R12), [V8.S4]          \
	VSUB  V5.S4, V8.S4, V8.S4     \
	VZIP1 V1.S4, V0.S4, V4.S4     \
	VZIP1 V3.S4, V2.S4, V5.S4     \
	VZIP2 V1.S4, V0.S4, V6.S4     \
	VZIP2 V3.S4, V2.S4, V7.S4     \
	VZIP1 V5.D2, V4.D2, V0.D2     \
	VZIP2 V5.D2, V4.D2, V1.D2     \
	VZIP1 V7.D2, V6.D2, V2.D2     \
	VZIP2 V7.D2, V6.D2, V3.D2     \
	VSHL  $24, V8.S4, V4.S4       \
	VORR  V4.B16, V3.B16, V3.B16  \
	VEOR  V0.B16, V1.B16, V4.B16  \
	VEOR  V2.B16, V4.B16, V4.B16  \
	VEOR  V3.B16, V4.B16, V4.B16  \
	MULS(13, 4, 4)                \
	USHLS(12, 4, 4)               \
	PLACES(V4)                    \
	SLOT(V16, V17, V18, V19, V0)  \
	SLOT(V20, V21, V22, V23, V1)  \
	SLOT(V24, V25, V26, V27, V2)  \
	SLOT(V28, V29, V30, V31, V3)  \
	VAND  V1.B16, V0.B16, V0.B16  \
	VAND  V3.B16, V2.B16, V2.B16  \
	VAND  V2.B16, V0.B16, V0.B16  \
	VEOR  V9.B16, V9.B16, V9.B16  \
	VCMEQ V9.S4, V8.S4, V9.S4     \
	VLD1  (R16), [V5.B16, V6.B16, V7.B16, V8.B16]           \
	VTBL  V4.B16, [V5.B16, V6.B16, V7.B16, V8.B16], V4.B16  \
	VBSL  V15.B16, V4.B16, V0.B16 \
	VBSL  V0.B16, V14.B16, V9.B16 \
	VST1.P [V9.S4], 16(R1)

// func planesNEON(s *textScan, keep *byte, shift uint32)
//
//	R1 dst  R2 offsets  R3 n  R4 data  R5 redo  R7 last  R8 keep  R16 codes
//	V16 to V31 the words of the keys of 16 slots  V15 miss  V14 null  V13 mul  V12 shift
TEXT ·planesNEON(SB), NOSPLIT, $0-20
	MOVD  s+0(FP), R0
	MOVD  keep+8(FP), R8
	MOVWU shift+16(FP), R9
	SPLAT(R9, V12)
	MOVD  textScan_dst(R0), R1
	MOVD  textScan_offsets(R0), R2
	MOVD  textScan_n(R0), R3
	MOVD  textScan_data(R0), R4
	MOVD  textScan_redo(R0), R5
	MOVD  textScan_planes(R0), R6
	MOVD  textScan_last(R0), R7
	MOVWU textScan_miss(R0), R9
	SPLAT(R9, V15)
	MOVWU textScan_null(R0), R9
	SPLAT(R9, V14)
	MOVWU planes_mul(R6), R9
	SPLAT(R9, V13)
	LOADPLACES
	ADD  $planes_codes, R6, R16
	ADD  $planes_lo, R6, R9
	VLD1.P 64(R9), [V16.B16, V17.B16, V18.B16, V19.B16]
	VLD1   (R9), [V20.B16, V21.B16, V22.B16, V23.B16]
	ADD  $planes_hi, R6, R9
	VLD1.P 64(R9), [V24.B16, V25.B16, V26.B16, V27.B16]
	VLD1   (R9), [V28.B16, V29.B16, V30.B16, V31.B16]
texts:
	MOVD  ZR, R14
	MOVWU (R2), R10
	TEXT1(0, R10, R11, V0, 0)
	TEXT1(4, R11, R10, V1, 1)
	TEXT1(8, R10, R11, V2, 2)
	TEXT1(12, R11, R10, V3, 3)
	TEXTS4(0)
	TEXT1(16, R10, R11, V0, 4)
	TEXT1(20, R11, R10, V1, 5)
	TEXT1(24, R10, R11, V2, 6)
	TEXT1(28, R11, R10, V3, 7)
	TEXTS4(16)
next:
	MOVB.P R14, 1(R5)
	ADD   $32, R2, R2
	SUBS  $8, R3, R3
	BGT   texts
	RET

	// 16 bytes of some text could reach past the end: all eight are left to Go. R1 is
	// behind the first four if it is one of the others.
far:
	MOVD  $0xff, R14
	MOVD  textScan_dst(R0), R12
	MOVD  textScan_offsets(R0), R13
	SUB   R13, R2, R13
	ADD   R13, R12, R1
	ADD   $32, R1, R1
	B     next
