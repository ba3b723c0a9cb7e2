#!/usr/bin/env python3
"""Derives the coefficients of math32.c and math64.c.

    python3 coefficients.py            prints every set
    python3 coefficients.py --check    tells which numbers are missing from the two files

Polynomials: minimax by Remez's exchange (Cheney 1966, chapter 3). Each coefficient in turn, beginning with the lowest,
is rounded to the working precision and the rest fitted again, so that rounding costs next to nothing.
Quotients: minimax by moving the points of interpolation until the errors between them are level (Maehly 1963), on
the variable (x - 1)/(x + 1), after Shepherd & Laframboise (1981), who have (x - k)/(x + k) for erfc.
Arguments are reduced as in Cody & Waite (1980). Needs python3-mpmath.
"""
import struct
import sys
from pathlib import Path

from mpmath import mp, mpf, matrix, lu_solve, pi, cos, sin, exp, log, log1p, expm1, erf, erfc, sqrt, tanh, atan, asin, floor

mp.dps = 60


def rounded(x, bits):
    """x as the nearest number of the working precision."""
    if bits == 24:
        # Once through double: safe, for the sets below none lies near a tie.
        return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])
    return mpf(float(x))


def literal(x, bits):
    x = float(x)
    if bits == 53:
        return repr(x)
    for digits in range(1, 10):
        s = f"{x:.{digits}g}"
        if struct.pack("f", float(s)) == struct.pack("f", x):
            return (s if "." in s or "e" in s else s + ".0") + "f"


def chebyshev(a, b, n):
    return [(a + b) / 2 - (b - a) / 2 * cos(pi * mpf(k) / (n - 1)) for k in range(n)]


def value(coefficients, x):
    y = mpf(0)
    for c in reversed(coefficients):
        y = y * x + c
    return y


def extremes(error, a, b, n):
    """n points at which error is largest with alternating signs."""
    points = []
    for x in chebyshev(a, b, 40 * n):
        e = error(x)
        if points and (points[-1][1] > 0) == (e > 0):
            if abs(e) > abs(points[-1][1]):
                points[-1] = (x, e)
        else:
            points.append((x, e))
    while len(points) > n:
        points.pop(0 if abs(points[0][1]) < abs(points[-1][1]) else -1)
    return points


def remez(f, basis, weight, a, b):
    """c that minimises the largest |weight (sum c_k basis_k - f)| on [a, b], and that error."""
    n, best = len(basis), None
    # Where the weight is next to 0 nothing can level.
    at = chebyshev(a, b, n + 1)
    most = max(abs(weight(x)) for x in at)
    at = [x if abs(weight(x)) > most * mpf(10) ** -20 else x + (b - a) / 100 * (1 if x < b else -1) for x in at]
    for _ in range(12):
        m, r = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for i, x in enumerate(at):
            for k in range(n):
                m[i, k] = basis[k](x)
            m[i, n], r[i] = (-1) ** i / weight(x), f(x)
        c = list(lu_solve(m, r))[:n]
        error = lambda x: weight(x) * (sum(ck * bk(x) for ck, bk in zip(c, basis)) - f(x))
        points = extremes(error, a, b, n + 1)
        sizes = [abs(e) for _, e in points]
        if best is None or max(sizes) < best[1]:
            best = c, max(sizes)
        if len(points) < n + 1 or max(sizes) < mpf("1.01") * min(sizes):
            break
        at = [x for x, _ in points]
    return best


def fitted(f, basis, weight, a, b, bits):
    """remez with coefficients of the working precision."""
    done, rest = [], list(basis)
    while rest:
        left = lambda x: f(x) - sum(c * bk(x) for c, bk in zip(done, basis))
        c, _ = remez(left, rest, weight, a, b)
        done.append(rounded(c[0], bits))
        rest = rest[1:]
    error = lambda x: abs(weight(x) * (sum(c * bk(x) for c, bk in zip(done, basis)) - f(x)))
    return done, max(error(x) for x in chebyshev(a, b, 400))


def powers(n):
    return [lambda x, k=k: x ** k for k in range(n)]


def quotient(f, weight, m, n, x_of, a, b):
    """A, B of degrees m, n with B(0) = 1: weight (A/B - f) is near the least possible on x_of([a, b])."""
    count = m + n + 1
    at = [(a + b) / 2 - (b - a) / 2 * cos(pi * (mpf(i) + mpf(1) / 2) / count) for i in range(count)]
    best = None
    for _ in range(80):
        q, r = matrix(count, count), matrix(count, 1)
        for i, t in enumerate(at):
            x = x_of(t)
            for k in range(m + 1):
                q[i, k] = x ** k / f(x)
            for k in range(1, n + 1):
                q[i, m + k] = -x ** k
            r[i] = 1
        s = list(lu_solve(q, r))
        above, below = s[:m + 1], [mpf(1)] + s[m + 1:]
        error = lambda t: abs(weight(x_of(t)) * (value(above, x_of(t)) / value(below, x_of(t)) - f(x_of(t))))
        edges = [a] + at + [b]
        peaks = [max(error(l + (r - l) * mpf(j) / 16) for j in range(17)) for l, r in zip(edges, edges[1:])]
        if best is None or max(peaks) < best[0]:
            best = (max(peaks), above, below)
        if max(peaks) < mpf("1.05") * min(peaks):
            break
        mean = sum(log(p) for p in peaks) / len(peaks)
        lengths = [(r - l) * exp(-(log(p) - mean) * mpf("1.6") / count) for l, r, p in zip(edges, edges[1:], peaks)]
        at, sum_of = [], a
        for length in lengths[:-1]:
            sum_of += length * (b - a) / sum(lengths)
            at.append(sum_of)
    return best[1], best[2]


def fitted_erfcx(m, n, most, bits):
    """A, B of the working precision in exp(x^2) erfc(x) = B(x)/(sqrt(pi) x B(x) + A(x)), 0 <= x <= most, and the error.
    A/B is what the reciprocal lacks to its asymptote, so that rounding in B cancels. A common factor of A and B costs
    nothing: of 32, the one is taken with which rounding does least harm."""
    f = lambda x: exp(x * x) * erfc(x)
    slope = rounded(sqrt(pi), bits)
    x_of = lambda t: (1 + t) / (1 - t)
    a, b = mpf(-1), (most - 1) / (most + 1)
    above, below = quotient(lambda x: 1 / f(x) - slope * x, f, m, n, x_of, a, b)
    points = [(x, f(x)) for x in map(x_of, chebyshev(a, b, 300))]
    best = None
    for j in range(32):
        scale = mpf(2) ** (mpf(j) / 32)
        a_j, b_j = [rounded(c * scale, bits) for c in above], [rounded(c * scale, bits) for c in below]
        error = max(abs(value(b_j, x) / ((slope * x * value(b_j, x) + value(a_j, x)) * y) - 1) for x, y in points)
        if best is None or error < best[2]:
            best = a_j, b_j, error
    return best


def split(x, bits, *first):
    """x as a sum of numbers of the working precision; first holds the widths of the leading ones where they matter."""
    parts = []
    for width in first:
        scale = mpf(2) ** (width - 1 - floor(log(abs(x), 2)))
        part = floor(x * scale + mpf(1) / 2) / scale
        parts.append(part)
        x -= part
    parts.append(rounded(x, bits))
    return parts


def series(z, term, first=0):
    """sum of term(k) z^k: for quotients such as (sin x - x)/x^3 near 0."""
    s, k = mpf(0), first
    while True:
        t = term(k) * z ** (k - first)
        s += t
        if abs(t) < mpf(10) ** -55 or k > 400:
            return s
        k += 1


def sets(bits):
    """Yields (name, coefficients, error or None) for the precision."""
    single = bits == 24
    rises = lambda n32, n64: n32 if single else n64
    fact = mp.factorial

    yield "log2(e)", [rounded(1 / log(2), bits)], None
    # The first part times any exponent is exact.
    yield "ln 2", split(log(2), bits, rises(16, 42)), None
    yield "1/pi, 2/pi", [rounded(1 / pi, bits), rounded(2 / pi, bits)], None
    yield "pi", split(pi, bits, bits, bits), None
    yield "pi/2", split(pi / 2, bits, bits, bits), None
    yield "2 pi/2^32", [rounded(2 * pi / 2 ** 32, bits)], None
    yield "sqrt(pi)", [rounded(sqrt(pi), bits)], None

    # exp r = 1 + r + r^2 Q(r), |r| <= ln(2)/2 and a little more.
    h = log(2) / 2 * mpf("1.001")
    q = lambda r: series(r, lambda k: 1 / fact(k + 2))
    yield "exp", *fitted(q, powers(rises(5, 10)), lambda r: r * r * exp(-r), -h, h, bits)

    # log(1 + f): single f - f^2/2 + f^3 P(f); double with s = f/(2 + f): 2s + s z R(z), z = s^2.
    low, high = 1 / sqrt(mpf(2)) - 1, sqrt(mpf(2)) - 1
    p = lambda f: series(f, lambda k: mpf(-1) ** k / (k + 3)) if abs(f) < mpf("0.01") else (log1p(f) - f + f * f / 2) / f ** 3
    w = lambda f: abs(f ** 3 / log1p(f)) if f != 0 else mpf(0)
    if single:
        yield "log", *fitted(p, powers(8), w, low, high, bits)
    z = ((high) / (2 + high)) ** 2 * mpf("1.001")
    r = lambda z: series(z, lambda k: mpf(2) / (2 * k + 3))
    yield "log by f/(2+f)", *fitted(r, powers(rises(3, 7)), lambda z: z / 2, mpf(0), z, bits)

    # exp(x^2) erfc(x), to where erfc underflows.
    above, below, error = fitted_erfcx(*rises((4, 4), (9, 9)), mpf(rises("9.25", "26.6")), bits)
    yield "erfcx, A", above, error
    yield "erfcx, B", below, None

    # erf x = x + x P(x^2), |x| <= 1.
    e = lambda z: 2 / sqrt(pi) * series(z, lambda k: mpf(-1) ** k / (fact(k) * (2 * k + 1)))
    yield "erf", *fitted(lambda z: e(z) - 1, powers(rises(8, 12)), lambda z: 1 / e(z), mpf(0), mpf(1), bits)

    # sin x = x + x^3 P(x^2), on |x| <= pi/2 and a little more, and on pi/4; cos x = 1 - x^2/2 + x^4 P(x^2) on pi/4.
    s = lambda z: series(z, lambda k: mpf(-1) ** (k + 1) / fact(2 * k + 3))
    c = lambda z: series(z, lambda k: mpf(-1) ** k / fact(2 * k + 4))
    ws = lambda z: z * sqrt(z) / sin(sqrt(z)) if z > 0 else mpf(0)
    wide, narrow = (pi / 2 * mpf(rises("1.02", "1.001"))) ** 2, (pi / 4 * mpf(rises("1.02", "1.001"))) ** 2
    yield "sin to pi/2", *fitted(s, powers(rises(4, 8)), ws, mpf(0), wide, bits)
    yield "sin to pi/4", *fitted(s, powers(rises(3, 6)), ws, mpf(0), narrow, bits)
    yield "cos to pi/4", *fitted(c, powers(rises(3, 6)), lambda z: z * z / cos(sqrt(z)), mpf(0), narrow, bits)

    # atan x = x + x^3 P(x^2), |x| <= tan(pi/8); asin x the same, |x| <= 1/2.
    t = lambda z: series(z, lambda k: mpf(-1) ** (k + 1) / (2 * k + 3))
    yield "atan", *fitted(t, powers(rises(4, 11)), lambda z: z, mpf(0), (sqrt(mpf(2)) - 1) ** 2 * mpf("1.001"), bits)
    a = lambda z: series(z, lambda k: fact(2 * k + 2) / (mpf(4) ** (k + 1) * fact(k + 1) ** 2 * (2 * k + 3)))
    yield "asin", *fitted(a, powers(rises(5, 12)), lambda z: z, mpf(0), mpf("0.2501"), bits)


def main():
    here, missing = Path(__file__).parent, 0
    for bits, name in (24, "math32.c"), (53, "math64.c"):
        text = (here / name).read_text() if "--check" in sys.argv else ""
        for what, numbers, error in sets(bits):
            literals = [literal(n, bits) for n in numbers]
            if "--check" in sys.argv:
                for l in literals:
                    if l.lstrip("-") not in text:
                        missing += 1
                        print(f"{name}: {what}: {l} is not there")
                continue
            size = "" if error is None else f"    error 2^{float(log(error, 2)):.1f}"
            print(f"{name}: {what}{size}")
            print("    " + "\n    ".join(literals), flush=True)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
