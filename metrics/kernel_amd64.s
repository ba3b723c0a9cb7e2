#include "textflag.h"

// Sums of four lanes into one place of dst.
#define LANES(y, x, at) \
	VEXTRACTF128 $1, y, X12 \
	VADDPD       X12, x, x  \
	VHADDPD      x, x, x    \
	VMOVSD       x, at(DI)

// func dots3x4(dst *[12]float64, a *[3]*float64, b *[4]*float64, n int)
//
// Twelve sums stay in registers; seven loads serve twelve multiplications.
TEXT ·dots3x4(SB), NOSPLIT, $0-32
	MOVQ   dst+0(FP), DI
	MOVQ   a+8(FP), SI
	MOVQ   b+16(FP), DX
	MOVQ   n+24(FP), CX
	MOVQ   0(SI), R8
	MOVQ   8(SI), R9
	MOVQ   16(SI), R10
	MOVQ   0(DX), R11
	MOVQ   8(DX), R12
	MOVQ   16(DX), R13
	MOVQ   24(DX), BX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	XORQ   AX, AX

dotsLoop:
	CMPQ        AX, CX
	JGE         dotsDone
	VMOVUPD     (R8)(AX*8), Y12
	VMOVUPD     (R9)(AX*8), Y13
	VMOVUPD     (R10)(AX*8), Y14
	VMOVUPD     (R11)(AX*8), Y15
	VFMADD231PD Y15, Y12, Y0
	VFMADD231PD Y15, Y13, Y4
	VFMADD231PD Y15, Y14, Y8
	VMOVUPD     (R12)(AX*8), Y15
	VFMADD231PD Y15, Y12, Y1
	VFMADD231PD Y15, Y13, Y5
	VFMADD231PD Y15, Y14, Y9
	VMOVUPD     (R13)(AX*8), Y15
	VFMADD231PD Y15, Y12, Y2
	VFMADD231PD Y15, Y13, Y6
	VFMADD231PD Y15, Y14, Y10
	VMOVUPD     (BX)(AX*8), Y15
	VFMADD231PD Y15, Y12, Y3
	VFMADD231PD Y15, Y13, Y7
	VFMADD231PD Y15, Y14, Y11
	ADDQ        $4, AX
	JMP         dotsLoop

dotsDone:
	LANES(Y0, X0, 0)
	LANES(Y1, X1, 8)
	LANES(Y2, X2, 16)
	LANES(Y3, X3, 24)
	LANES(Y4, X4, 32)
	LANES(Y5, X5, 40)
	LANES(Y6, X6, 48)
	LANES(Y7, X7, 56)
	LANES(Y8, X8, 64)
	LANES(Y9, X9, 72)
	LANES(Y10, X10, 80)
	LANES(Y11, X11, 88)
	VZEROUPPER
	RET

// func fir(dst, x, weights *float64, taps, n int)
//
// Sixteen sums stay in registers while the weights pass.
TEXT ·fir(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ weights+16(FP), DX
	MOVQ taps+24(FP), R8
	MOVQ n+32(FP), CX

firBlock:
	TESTQ  CX, CX
	JLE    firDone
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	XORQ   AX, AX
	MOVQ   SI, BX

firTap:
	VBROADCASTSD (DX)(AX*8), Y4
	VFMADD231PD  (BX), Y4, Y0
	VFMADD231PD  32(BX), Y4, Y1
	VFMADD231PD  64(BX), Y4, Y2
	VFMADD231PD  96(BX), Y4, Y3
	ADDQ         $8, BX
	INCQ         AX
	CMPQ         AX, R8
	JLT          firTap
	VMOVUPD      Y0, (DI)
	VMOVUPD      Y1, 32(DI)
	VMOVUPD      Y2, 64(DI)
	VMOVUPD      Y3, 96(DI)
	ADDQ         $128, SI
	ADDQ         $128, DI
	SUBQ         $16, CX
	JMP          firBlock

firDone:
	VZEROUPPER
	RET

// func rotate(dstRe, dstIm, srcRe, srcIm, matrix *float64, dstApart, srcApart, r, count int)
//
// Eight columns at once while there are as many, then four. R8 runs over the columns (in bytes), R9 over rows of the
// matrix, R10 over its columns, R11 through the matrix, R12 and R13 through src, BX and DX through dst.
TEXT ·rotate(SB), NOSPLIT, $0-72
	MOVQ matrix+32(FP), SI
	MOVQ dstApart+40(FP), AX
	SHLQ $3, AX
	MOVQ srcApart+48(FP), DI
	SHLQ $3, DI
	XORQ R8, R8

rotateEight:
	MOVQ count+64(FP), CX
	SHLQ $3, CX
	SUBQ R8, CX
	CMPQ CX, $64
	JLT  rotateFour
	MOVQ dstRe+0(FP), BX
	ADDQ R8, BX
	MOVQ dstIm+8(FP), DX
	ADDQ R8, DX
	MOVQ SI, R11
	MOVQ r+56(FP), R9

eightRow:
	MOVQ   srcRe+16(FP), R12
	ADDQ   R8, R12
	MOVQ   srcIm+24(FP), R13
	ADDQ   R8, R13
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	VXORPD Y12, Y12, Y12
	VXORPD Y13, Y13, Y13
	MOVQ   r+56(FP), R10

eightColumn:
	VBROADCASTSD (R11), Y4
	VBROADCASTSD 8(R11), Y5
	VMOVUPD      (R12), Y6
	VMOVUPD      32(R12), Y7
	VMOVUPD      (R13), Y8
	VMOVUPD      32(R13), Y9
	VFMADD231PD  Y6, Y4, Y0
	VFMADD231PD  Y7, Y4, Y1
	VFMADD231PD  Y8, Y4, Y2
	VFMADD231PD  Y9, Y4, Y3
	VFNMADD231PD Y8, Y5, Y10
	VFNMADD231PD Y9, Y5, Y11
	VFMADD231PD  Y6, Y5, Y12
	VFMADD231PD  Y7, Y5, Y13
	ADDQ         $16, R11
	ADDQ         DI, R12
	ADDQ         DI, R13
	DECQ         R10
	JNZ          eightColumn
	VADDPD       Y10, Y0, Y0
	VADDPD       Y11, Y1, Y1
	VADDPD       Y12, Y2, Y2
	VADDPD       Y13, Y3, Y3
	VMOVUPD      Y0, (BX)
	VMOVUPD      Y1, 32(BX)
	VMOVUPD      Y2, (DX)
	VMOVUPD      Y3, 32(DX)
	ADDQ         AX, BX
	ADDQ         AX, DX
	DECQ         R9
	JNZ          eightRow
	ADDQ         $64, R8
	JMP          rotateEight

rotateFour:
	CMPQ CX, $32
	JLT  rotateDone
	MOVQ dstRe+0(FP), BX
	ADDQ R8, BX
	MOVQ dstIm+8(FP), DX
	ADDQ R8, DX
	MOVQ SI, R11
	MOVQ r+56(FP), R9

fourRow:
	MOVQ   srcRe+16(FP), R12
	ADDQ   R8, R12
	MOVQ   srcIm+24(FP), R13
	ADDQ   R8, R13
	VXORPD Y0, Y0, Y0
	VXORPD Y2, Y2, Y2
	VXORPD Y10, Y10, Y10
	VXORPD Y12, Y12, Y12
	MOVQ   r+56(FP), R10

fourColumn:
	VBROADCASTSD (R11), Y4
	VBROADCASTSD 8(R11), Y5
	VMOVUPD      (R12), Y6
	VMOVUPD      (R13), Y8
	VFMADD231PD  Y6, Y4, Y0
	VFMADD231PD  Y8, Y4, Y2
	VFNMADD231PD Y8, Y5, Y10
	VFMADD231PD  Y6, Y5, Y12
	ADDQ         $16, R11
	ADDQ         DI, R12
	ADDQ         DI, R13
	DECQ         R10
	JNZ          fourColumn
	VADDPD       Y10, Y0, Y0
	VADDPD       Y12, Y2, Y2
	VMOVUPD      Y0, (BX)
	VMOVUPD      Y2, (DX)
	ADDQ         AX, BX
	ADDQ         AX, DX
	DECQ         R9
	JNZ          fourRow
	ADDQ         $32, R8
	JMP          rotateEight

rotateDone:
	VZEROUPPER
	RET
