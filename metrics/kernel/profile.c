/* profile: of each spectrum what Go's profile draws from it. number is { spectra, bins, the first and the last bin of the
   slope, those of peaks, those of all but frequency 0, of 0.5-100 Hz and of each band }; table has the spectra
   [spectrum][bin], the frequencies, and their logarithms to base 10. out has FEATURES numbers of each spectrum. */
enum { BANDS = 5, FEATURES = 14 + 2 * BANDS };

/* logarithm is the natural one of positive numbers: x = 2^e m with m from sqrt(1/2) to sqrt(2), ln m = 2 artanh s with
   s = (m - 1)/(m + 1), by the series of artanh up to s^23; what is left out is below 2^-60. */
FUNC lane logarithm(lane x) {
	const mask near_root = 0x3fe6a09e667f3bcdll - (mask){}; /* bits of sqrt(1/2) */
	const mask e = ((mask)x - near_root) >> 52;
	const lane m = (lane)((mask)x - (e << 52)), s = (m - 1) / (m + 1), q = s * s;
	lane sum = all(1.0 / 23);
	for (i64 k = 21; k > 1; k -= 2) sum = sum * q + 1.0 / (double)k;
	/* ln 2 in two parts, of which the first times e is exact. */
	const lane power = __builtin_convertvector(e, lane);
	return power * 0.693147180369123816490 + (2 * s + (2 * s * (q * sum) + power * 1.90821492927058770002e-10));
}

/* trapezoid is the area over bins first ... last; NaN where there are none. */
FUNC lane trapezoid(const lane *p, const double *f, i64 first, i64 last) {
	if (first > last) return all(0.0 / 0.0);
	lane sum = all(0);
	for (i64 k = first + 1; k <= last; k++) sum += (p[k] + p[k - 1]) / 2 * (f[k] - f[k - 1]);
	return sum;
}

/* slope fits y = log10 p against x = log10 f over the bins with p > 0; y is scratch. */
FUNC void slope(const lane *p, const double *x, lane *y, i64 first, i64 last, lane *out) {
	lane count = all(0), sum_x = all(0), sum_y = all(0);
	for (i64 k = first; k <= last; k++) {
		const mask m = (mask)(p[k] > 0);
		y[k] = where(m, logarithm(p[k]) * 0.43429448190325182765);
		count += where(m, all(1));
		sum_x += where(m, all(x[k]));
		sum_y += y[k];
	}
	const lane mean_x = sum_x / count, mean_y = sum_y / count;
	lane xx = all(0), xy = all(0), total = all(0), rest = all(0);
	for (i64 k = first; k <= last; k++) {
		const mask m = (mask)(p[k] > 0);
		const lane dx = where(m, x[k] - mean_x), dy = where(m, y[k] - mean_y);
		xx += dx * dx;
		xy += dx * dy;
		total += dy * dy;
	}
	const lane b = xy / xx, a = mean_y - b * mean_x;
	for (i64 k = first; k <= last; k++) {
		const lane d = where((mask)(p[k] > 0), y[k] - (a + b * x[k]));
		rest += d * d;
	}
	const mask enough = (mask)(count >= 3);
	const lane nan = all(0.0 / 0.0);
	out[0] = choose(enough, -b, nan);
	out[1] = choose(enough, a, nan);
	out[2] = choose(enough, 1 - rest / total, nan);
}

/* entropy is that of the bins above 0 over its largest value. */
FUNC lane entropy(const lane *p, i64 bins) {
	lane total = all(0), sum = all(0);
	for (i64 k = 1; k < bins; k++) total += p[k];
	const lane share = 1 / total;
	for (i64 k = 1; k < bins; k++) {
		const lane q = p[k] * share;
		sum -= where((mask)(q > 0), q * logarithm(q));
	}
	return choose((mask)(total > 0), sum / logarithm(all((double)(bins - 1))), all(0.0 / 0.0));
}

/* prominence of the peak that lies at bin at: each way ends before what is strictly higher, and the way right, too, where it
   can no longer have the higher one of the two minima. */
static double prominence(const double *p, i64 bins, i64 at) {
	double left = p[at], right = p[at];
	for (i64 k = at; k >= 0 && !(p[k] > p[at]); k--) left = p[k] < left ? p[k] : left;
	for (i64 k = at; k < bins && !(p[k] > p[at]) && right > left; k++) right = p[k] < right ? p[k] : right;
	return p[at] - (left > right ? left : right);
}

/* peaks: how many lie at bins low ... top, and of the highest and the most prominent one of these, the first of equals:
   the bins, and the prominence of both. A peak cannot stand out by more than its height above the lowest bin, floor,
   which rules out most of them. Returns how many. */
static i64 peaks(const double *p, i64 bins, i64 low, i64 top, double floor, i32 *at, i64 *tallest, double *of_tallest, i64 *salient, double *most) {
	i64 count = 0, k = low > 1 ? low : 1;
	while (k > 1 && k <= top && p[k] == p[k - 1]) k--; /* to the beginning of a flat top */
	for (; k <= top; k++) {
		if (!(p[k] > p[k - 1])) continue;
		i64 end = k;
		while (end + 1 < bins && p[end + 1] == p[k]) end++;
		const i64 middle = (k + end) / 2;
		if (end + 1 < bins && p[end + 1] < p[k] && middle >= low && middle <= top) at[count++] = (i32)middle;
		k = end;
	}
	*tallest = *salient = -1;
	*most = -1;
	for (i64 c = 0; c < count; c++)
		if (*tallest < 0 || p[at[c]] > p[*tallest]) *tallest = at[c];
	if (count > 0) {
		*salient = *tallest;
		*most = *of_tallest = prominence(p, bins, *tallest);
	}
	for (i64 c = 0; c < count; c++) {
		if (p[at[c]] - floor < *most || at[c] == *tallest) continue;
		const double d = prominence(p, bins, at[c]);
		if (d > *most || (d == *most && at[c] < *salient)) {
			*most = d;
			*salient = at[c];
		}
	}
	return count;
}

KERNEL(profile) {
	const i64 spectra = A->number[0], bins = A->number[1], *range = A->number + 2;
	const double *all_powers = A->table, *f = all_powers + spectra * bins, *x = f + bins;
	lane *p = (lane *)A->work, *y = p + bins;
	i32 *at_bins = (i32 *)(y + bins);
	const double nan = 0.0 / 0.0;
	for (i64 first = 0; first < spectra; first += W) {
		const double *of[W];
		for (i64 l = 0; l < W; l++) of[l] = all_powers + (first + l < spectra ? first + l : spectra - 1) * bins;
		for (i64 k = 0; k < bins; k++) p[k] = (lane)EACH_OF_W_AT(of, k);
		lane v[FEATURES];
		lane best = all(0), place = all(nan), least = p[0];
		for (i64 k = 1; k < bins; k++) {
			least = lesser(p[k], least);
			const mask higher = (mask)(p[k] > best);
			best = choose(higher, p[k], best);
			place = choose(higher, all(f[k]), place);
		}
		v[0] = place;
		v[1] = choose((mask)(best > 0), best, all(nan));
		slope(p, x, y, range[0], range[1], v + 9);
		v[12] = entropy(p, bins);
		v[13] = trapezoid(p, f, range[4], range[5]);
		const lane whole = trapezoid(p, f, range[6], range[7]);
		for (i64 b = 0; b < BANDS; b++) {
			const lane part = trapezoid(p, f, range[8 + 2 * b], range[9 + 2 * b]);
			v[14 + 2 * b] = part;
			v[15 + 2 * b] = choose((mask)(whole > 0), part / whole, all(nan));
		}
		for (i64 l = 0; l < W && first + l < spectra; l++) {
			const double *mine = all_powers + (first + l) * bins;
			double *out = A->out + (first + l) * FEATURES, height, most;
			i64 tallest, salient;
			for (i64 k = 0; k < FEATURES; k++) out[k] = v[k][l];
			const i64 count = peaks(mine, bins, range[2], range[3], least[l], at_bins, &tallest, &height, &salient, &most);
			out[2] = (double)count;
			out[3] = count > 0 ? f[tallest] : nan;
			out[4] = count > 0 ? mine[tallest] : nan;
			out[5] = count > 0 ? height : nan;
			out[6] = count > 0 ? f[salient] : nan;
			out[7] = count > 0 ? mine[salient] : nan;
			out[8] = count > 0 ? most : nan;
		}
	}
}
