// Integer division, shifts, wrap-around, conversions between integers and floats, constants, complex numbers.
//
// RUN: %run %s

package main

import (
	"fmt"
	"math"
	"math/bits"
)

//go:noinline
func id[T any](x T) T { return x }

func divs[T int8 | int16 | int32 | int64 | int](name string, min, max T) {
	vals := []T{min, min + 1, -7, -1, 1, 2, 7, max}
	for _, a := range vals {
		for _, b := range vals {
			fmt.Print(a/b, ",", a%b, ",", a*b, ",", a-b, " ")
		}
		fmt.Println(name, a, a<<1, a>>1, a>>id(uint(100)), a<<id(uint(100)), -a, ^a, a&^3, a/4, a%4, a/-8, a%-8, a/7, a/10, a%10)
	}
}

func udivs[T uint8 | uint16 | uint32 | uint64 | uint | uintptr](name string, max T) {
	vals := []T{1, 2, 7, 100, max / 2, max - 1, max}
	for _, a := range vals {
		for _, b := range vals {
			fmt.Print(a/b, ",", a%b, ",", a*b, ",", a-b, ",", a<<(b&63), ",", a>>(b&63), " ")
		}
		fmt.Println(name, a, a>>id(uint8(200)), a<<id(uint64(1<<40)), -a, ^a, a/10, a%10, a/3)
	}
}

func floats() {
	fs := []float64{0, math.Copysign(0, -1), 0.5, 1.5, -1.5, 2.5, 127.9, -128.9, 255.5, 65535.9, 1e9 + 0.5, -1e9 - 0.5, 1e15 + 0.7, -1e18}
	for _, f := range fs {
		fmt.Print(int64(f), " ", int32(int64(f)), " ", float32(f), " ", uint32(int64(f)), " ", uint8(int(f)), " ", int(float32(f)), "; ")
		if f >= 0 {
			fmt.Print(uint64(f), " ")
		}
	}
	fmt.Println()
	big := id(1e19)
	fmt.Println(uint64(big), uint64(id(9.3e18)), float64(id(uint64(math.MaxUint64))), float32(id(uint64(1<<63+1))), float64(id(int64(math.MinInt64))), float32(id(int64(16777217))), float64(id(uint32(math.MaxUint32))))
	fmt.Println(math.MaxFloat32, math.SmallestNonzeroFloat64, float32(id(1e40)), float32(id(1e-50)), id(float32(0.1)), float64(id(float32(0.1))))
	a, b := id(0.1), id(0.2)
	fmt.Println(a+b, a*b, a/b, a-b, a+b == 0.3, -a, math.FMA(a, b, 1), a*b+1)
	nan := math.NaN()
	inf := math.Inf(1)
	fmt.Println(nan == nan, nan < 1, nan > 1, nan != nan, inf > 1e308, -inf < inf, inf-inf, 0*inf, id(1.0)/id(0.0), min(1, nan), max(1.0, 2, id(0.5)), min(id(0.0), math.Copysign(0, -1)))
	var f32 float32 = 16777216
	f32++
	fmt.Println(f32, f32+2, float32(0.1)+float32(0.2), id(float32(1))/3)
	for _, x := range []float64{2.5, -2.5, 3.5, 1e300} {
		fmt.Print(math.Floor(x), math.Ceil(x), math.Trunc(x), math.Round(x), math.RoundToEven(x), math.Sqrt(math.Abs(x)), " ")
	}
	fmt.Println(math.Float64bits(1.5), math.Float32bits(-2), math.Float64frombits(0x7ff8000000000001), math.Mod(-7, 3), math.Remainder(7, 4))
}

func complexes() {
	a, b := id(3+4i), id(1-2i)
	fmt.Println(a+b, a-b, a*b, a/b, -a, a == b, a != b, real(a), imag(b), a/id(0i), complex64(a)*complex64(b))
	var c complex64 = complex(id(float32(1)), 2)
	c *= c
	fmt.Println(c, complex128(c), a*id(complex(math.Inf(1), 0)))
}

const (
	A = iota * 10
	B
	_
	D
	E = 1 << iota
	F
	huge  = 1 << 100
	third = 1.0 / 3
)

type Weekday uint8

const (
	Sun Weekday = iota
	Mon
)

func (d Weekday) String() string { return [...]string{"Sun", "Mon"}[d] }

func consts() {
	fmt.Println(A, B, D, E, F, huge>>98, third, 'a'+1, "s"+"t", Mon, Sun, len([10]int{}), 7/2, 7/2.0, -7/2, 1<<3|1, 5&^1, math.Pi)
	var u8 uint8 = 255
	u8++
	var i8 int8 = -128
	i8--
	i8b := id(int8(127))
	i8b++
	fmt.Println(u8, i8, i8b, uint16(id(int8(-1))), int8(id(uint16(0x1ff))), uint32(id(int64(-1))), int64(id(uint32(1<<31))), int64(id(int32(-1<<31))))
	var s uint = 33
	var w int64 = 1 << s
	var x = 1.0
	fmt.Println(w, int32(1)<<id(uint(31)), uint32(1)<<s, int64(x)<<s, id(-5)>>1, id(-5)/2, uint8(id(200))<<1>>1)
}

func bitops() {
	for _, x := range []uint64{0, 1, 0x8000000000000000, 0xdeadbeefcafebabe} {
		fmt.Print(bits.LeadingZeros64(x), bits.TrailingZeros64(x), bits.OnesCount64(x), bits.Len64(x), bits.Reverse64(x), bits.ReverseBytes64(x), bits.RotateLeft64(x, 13), bits.LeadingZeros8(uint8(x)), bits.TrailingZeros16(uint16(x)), bits.RotateLeft8(uint8(x), -3), bits.Reverse16(uint16(x)), bits.Len32(uint32(x)), " ")
		hi, lo := bits.Mul64(x, 0xfedcba9876543210)
		s, c := bits.Add64(x, x, 1)
		d, bo := bits.Sub64(x, 5, 1)
		q, r := bits.Div64(3, x, 1000)
		fmt.Println(hi, lo, s, c, d, bo, q, r)
	}
}

func main() {
	divs[int8]("int8", math.MinInt8, math.MaxInt8)
	divs[int16]("int16", math.MinInt16, math.MaxInt16)
	divs[int32]("int32", math.MinInt32, math.MaxInt32)
	divs[int64]("int64", math.MinInt64, math.MaxInt64)
	divs[int]("int", math.MinInt, math.MaxInt)
	udivs[uint8]("uint8", math.MaxUint8)
	udivs[uint16]("uint16", math.MaxUint16)
	udivs[uint32]("uint32", math.MaxUint32)
	udivs[uint64]("uint64", math.MaxUint64)
	floats()
	complexes()
	consts()
	bitops()
}
