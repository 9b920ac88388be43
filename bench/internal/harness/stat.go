package harness

import (
	"math"
	"slices"
)

// Quantile returns the q-quantile (0 ≤ q ≤ 1) of xs with linear interpolation
// between the two nearest samples. It does not change xs; no samples give NaN.
func Quantile(xs []float64, q float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(xs))
	at := q * float64(len(s)-1)
	lo := int(math.Floor(at))
	hi := min(lo+1, len(s)-1)
	return s[lo] + (at-float64(lo))*(s[hi]-s[lo])
}

// LowerQuartile is the figure every timing is reported by. Disturbances (other
// processes, a collection of someone else's garbage, a frequency step) only
// ever add time, so the fast end of the samples is the trustworthy one; the
// minimum itself is an outlier of the other kind.
func LowerQuartile(xs []float64) float64 { return Quantile(xs, 0.25) }

// Median returns the middle of xs.
func Median(xs []float64) float64 { return Quantile(xs, 0.5) }

// Spread returns how far apart the middle half of the samples lies, as a
// fraction of their median: 0.05 reads "the middle half within 5 %".
func Spread(xs []float64) float64 {
	m := Median(xs)
	if len(xs) < 2 || m == 0 {
		return 0
	}
	return (Quantile(xs, 0.75) - Quantile(xs, 0.25)) / m
}

// NoisySpread is the spread from which a timing carries the note "noisy":
// ratios of such timings are not worth more than their first digit.
const NoisySpread = 0.25

// Ratio compares two sets of timings from the same rounds. Value is the ratio
// of the lower quartiles; Low and High are the quartiles of the ratios round by
// round, which show how much the machine moved while they were taken.
type Ratio struct{ Value, Low, High float64 }

// RatioOf returns a over b.
func RatioOf(a, b []float64) Ratio {
	r := Ratio{Value: LowerQuartile(a) / LowerQuartile(b)}
	var each []float64
	for i := range min(len(a), len(b)) {
		each = append(each, a[i]/b[i])
	}
	r.Low, r.High = Quantile(each, 0.25), Quantile(each, 0.75)
	return r
}
