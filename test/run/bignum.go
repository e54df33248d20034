// math/big: factorials, pi digits, rationals, floats, modular arithmetic, primes; and math, math/bits, math/cmplx.
//
// RUN: %run %s
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
)

func piDigits(n int) string {
	var q, r, t, k, m, x = big.NewInt(1), big.NewInt(0), big.NewInt(1), int64(1), int64(3), int64(3)
	out := make([]byte, 0, n)
	tmp1, tmp2 := new(big.Int), new(big.Int)
	for len(out) < n {
		tmp1.Add(tmp1.Mul(q, big.NewInt(4)), r).Sub(tmp1, t)
		if tmp1.Cmp(tmp2.Mul(t, big.NewInt(m))) < 0 {
			out = append(out, byte('0'+m))
			nr := new(big.Int).Mul(big.NewInt(10), tmp1.Sub(r, tmp2))
			mm := new(big.Int).Mul(q, big.NewInt(3))
			mm.Add(mm, r).Mul(mm, big.NewInt(10)).Div(mm, t)
			m = mm.Int64() - 10*m
			q.Mul(q, big.NewInt(10))
			r = nr
		} else {
			nr := new(big.Int).Mul(q, big.NewInt(2))
			nr.Add(nr, r).Mul(nr, big.NewInt(x))
			nn := new(big.Int).Mul(q, big.NewInt(7*k))
			nn.Add(nn, big.NewInt(2)).Add(nn, tmp1.Mul(r, big.NewInt(x)))
			nn.Div(nn, tmp1.Mul(t, big.NewInt(x)))
			q.Mul(q, big.NewInt(k))
			t.Mul(t, big.NewInt(x))
			x += 2
			k++
			m = nn.Int64()
			r = nr
		}
	}
	return string(out)
}

func main() {
	f := big.NewInt(1)
	for i := int64(2); i <= 200; i++ {
		f.Mul(f, big.NewInt(i))
	}
	fmt.Println(f)
	fmt.Println(f.BitLen(), new(big.Int).Sqrt(f), new(big.Int).Mod(f, big.NewInt(1000003)))
	fmt.Println(piDigits(200))
	p, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	fmt.Println(p.ProbablyPrime(10), new(big.Int).Exp(big.NewInt(3), p, big.NewInt(1e18+9)), new(big.Int).ModInverse(big.NewInt(12345), p))
	g, x, y := new(big.Int), new(big.Int), new(big.Int)
	g.GCD(x, y, big.NewInt(1071), big.NewInt(462))
	fmt.Println(g, x, y, p.Text(36), fmt.Sprintf("%#x", p))
	sum := new(big.Rat)
	for i := int64(1); i <= 30; i++ {
		sum.Add(sum, big.NewRat(1, i))
	}
	fmt.Println(sum, sum.FloatString(40))
	two := new(big.Float).SetPrec(200).SetInt64(2)
	fmt.Println(new(big.Float).Sqrt(two).Text('g', 55))
	a := new(big.Int).Lsh(big.NewInt(1), 5000)
	a.Sub(a, big.NewInt(12345))
	b := new(big.Int).Mul(a, a)
	q, r := new(big.Int).QuoRem(b, new(big.Int).Rsh(a, 1234), new(big.Int))
	fmt.Println(q.BitLen(), r.BitLen(), b.String()[:40], len(b.String()))

	hi, lo := bits.Mul64(math.MaxUint64, 12345678901234567)
	qq, rr := bits.Div64(hi, lo, math.MaxUint64)
	fmt.Println(hi, lo, qq, rr, bits.Reverse16(0x1234), bits.LeadingZeros32(77), bits.RotateLeft8(0x81, 1))
	for _, v := range []float64{0, 0.5, 1, 2.718281828, -3.75, 1e300, math.Inf(1), math.NaN()} {
		fmt.Println(math.Sqrt(v), math.Floor(v), math.Trunc(v), math.Exp(v/10), math.Log(v), math.Sin(v), math.Pow(v, 1.5), math.Hypot(v, 3), math.Cbrt(v), math.Mod(v, 0.3))
	}
	fmt.Println(math.Float64bits(math.Copysign(0, -1)), int64(math.MaxInt64), float32(0.1), 0.1+0.2, 1/3.0)
	fmt.Println(cmplx.Sqrt(-1), cmplx.Exp(complex(0, math.Pi)), complex(1, 2)/complex(3, -4), cmplx.Abs(3+4i))
}
