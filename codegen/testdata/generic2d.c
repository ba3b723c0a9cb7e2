/* generic2d
   Generic two-dimensional oscillator. FitzHugh 1961; Nagumo, Arimoto & Yoshizawa 1962; Stefanescu & Jirsa 2008;
   Sanz-Leon, Knock, Spiegler & Jirsa, NeuroImage 111 (2015)

   One team simulates one point: 68 nodes, scheme heun, 32-bit reals. Each launch advances it by A->steps steps. */

enum { STATES = 2, RINGS = 1, BLOCK = 16, ROWS = 16, WIDE = 72, PRODUCTS = 2848, TALL = ABREAST == 8 ? 4 : 1 };
enum { ROW = 5, SINGLE = 4, COLUMNS = 4, STRIDE = 80 }; /* of the wiring */

struct args {
	const real *constants;       /* folded parameters [point][constant] */
	real *state;                 /* [point][state][node] */
	real *history;               /* what the nodes sent [point][ring][horizon + BLOCK] */
	const i32 *wiring;           /* which wiring a point has */
	const i32 *newest;           /* where in a ring a node's line ends at step 0 [wiring][node] */
	const i32 *rows;             /* a target's first edge of each span, and the end [wiring][node][ROW] */
	const i32 *near;             /* which spans shorter than a block a wiring has, a bit each */
	const i32 *edge_place;       /* where in a ring is, at step 0, what is read */
	const real *edge_weight;     /*  */
	const i32 *columns;          /* first and end of a wiring's columns [wiring][2] */
	const i32 *column_place;     /* as edge_place */
	const real *column_weight;   /* [column][STRIDE], by target */
	const real *self_weight;     /* of a node's undelayed connection with itself [wiring][node] */
	const u64 *key;              /* of a point's noise */
	i64 *fault;                  /* 1 when a state is not finite; then node, state, step */
	real *sum0;                  /* over the steps of an unfinished mean [point][quantity][node] */
	real *out0;                  /* samples [point][quantity][slot][node] */
	i64 first_step;              /* steps done before this launch */
	i64 steps;                   /* to do in this launch */
	i64 horizon;                 /* places of a ring */
	i64 from0;                   /* number of the first sample that counts; sample j ends with step j * period */
	i64 base0;                   /* number of the sample in slot 0 of out */
	i64 capacity0;               /* slots of out for each point */
};


/* generic2d: what a point's parameters fold to, computed by the host in double. */
struct constants {
	real a_coupling_b;    /* coupling.b */
	real a_coupling_a;    /* coupling.a */
	real k2;              /* tau*d */
	real p_gamma;         /* gamma */
	real k4;              /* I*gamma */
	real p_g;             /* g */
	real p_alpha;         /* alpha */
	real p_e;             /* e */
	real p_f;             /* f */
	real k9;              /* d/tau */
	real p_a;             /* a */
	real p_b;             /* b */
	real p_c;             /* c */
	real p_beta;          /* beta */
	real k14;             /* sqrt(2*(noise.V*run.step)) */
	real a_run_step;      /* run.step */
};

FUNC struct constants load_constants(const real *from) {
	struct constants k;
	k.a_coupling_b = from[0];
	k.a_coupling_a = from[1];
	k.k2 = from[2];
	k.p_gamma = from[3];
	k.k4 = from[4];
	k.p_g = from[5];
	k.p_alpha = from[6];
	k.p_e = from[7];
	k.p_f = from[8];
	k.k9 = from[9];
	k.p_a = from[10];
	k.p_b = from[11];
	k.p_c = from[12];
	k.p_beta = from[13];
	k.k14 = from[14];
	k.a_run_step = from[15];
	return k;
}

struct state {
	real s_V;             /* V fast variable */
	real s_W;             /* W slow variable */
};

struct sums { real r0; };

struct inputs { real c0; };

struct sources { real r0; };

struct observed { real f_V; };

/* Coupling linear: pre(x_i, x_j) = x_j, post(sum) = a*sum + b. */
FUNC struct inputs coupled(const struct constants k, const struct state v, const struct sums sums) {
	struct inputs r;
	r.c0 = k.a_coupling_b + k.a_coupling_a * sums.r0;
	return r;
}

/* What a node sends to the others. */
FUNC struct sources sources(const struct constants k, const struct state v) {
	struct sources r;
	r.r0 = v.s_V;
	return r;
}

/* The right-hand side of generic2d:
     V_plus_W = V + W
     V_minus_W = V - W
     d(V) = d*tau*(alpha*W - f*V^3 + e*V^2 + g*V + gamma*I + gamma*c0)
     d(W) = d*(a + b*V + c*V^2 - beta*W)/tau */
FUNC struct state derivatives(const struct constants k, const struct state v, const struct inputs c) {
	const real t0 = v.s_V * v.s_V;
	struct state r;
	r.s_V = k.k2 * (k.p_gamma * c.c0 + k.k4 + k.p_g * v.s_V + k.p_alpha * v.s_W + k.p_e * t0 - k.p_f * (v.s_V * t0));
	r.s_W = k.k9 * (k.p_a + k.p_b * v.s_V + k.p_c * t0 - k.p_beta * v.s_W);
	return r;
}

/* What is observed of a node. */
FUNC struct observed observed(const struct constants k, const struct state v) {
	struct observed r;
	r.f_V = v.s_V;
	return r;
}




/* 1 where x is NaN or infinite. */
FUNC ureal nonfinite(real x) { return (BITS(x) & 0x7f800000u) == 0x7f800000u; }
/* All that the nodes have sent lies in one ring of horizon places, a line for each node: what node i has sent by step t
   ends at place t + newest[i], and goes back as far as its longest delay reaches. With every step all lines move on by
   one place, into the oldest of the next line. The ring repeats its first BLOCK places at its end, so that a block of
   steps is read in one piece. */
FUNC i32 wrapped(i32 place, i32 horizon) { return place < horizon ? place : place - horizon; }

/* What a node sends itself without delay joins the sum over the others. */
FUNC real plus_own(real sum, real weight, real sent) { return weight != 0 ? FMA(weight, sent, sum) : sum; }

/* Puts the initial state within its bounds and fills the whole past with what it sends. Launched once. */
KERNEL(start) {
	const i64 point = TEAM;
	real *state = A->state + point * STATES * NODES;
	const struct constants k = load_constants(A->constants + point * 16);
	const i32 horizon = (i32)A->horizon, now = (i32)(A->first_step % horizon);
	const i64 row_length = A->horizon + BLOCK;
	const i32 *newest = A->newest + A->wiring[point] * NODES;
	EACH_OF(i, NODES) {
		struct state v = { state[0 * NODES + i], state[1 * NODES + i] };
		const struct sources source = sources(k, v);
		{
			real *history = A->history + (point * RINGS + 0) * row_length;
			for (i32 at = i == 0 ? 0 : newest[i - 1] + 1; at <= newest[i]; at++) {
				const i32 place = wrapped(now + at, horizon);
				history[place] = source.r0;
				if (place < BLOCK) history[horizon + place] = source.r0;
			}
		}
	}
}

/* Advances a point by A->steps steps. */
KERNEL(simulate) {
	const i64 point = TEAM;
	if (A->fault[4 * point] != 0) return;

	COMMON(struct constants, k, load_constants(A->constants + point * 16));

	OWN(real, x, STATES);
	/* What flows into a node at each step of a block and, once that is used, what the node sends. */
	ALONG(real, ahead, RINGS * BLOCK);
	TURNED(flow, ahead, RINGS * BLOCK);
	OWN(real, out, RINGS);
	OWN(ureal, bad, 1);
	SHARED(i32, first, NODES);
	OWN(u32, word, 4);
	STORED(real, draw, 1 * 4);
	const u32 key0 = (u32)A->key[point], key1 = (u32)(A->key[point] >> 32);
	STORED(real, sum0, 1);
	EACH(i) {
		const i64 from = i < NODES ? i : NODES - 1;
		AT(sum0, 0, i) = A->sum0[(point * 1 + 0) * NODES + from];
	}
	STORED(real, value0, 1);

	real *state = A->state + point * STATES * NODES;
	EACH(i) {
		const i64 from = i < NODES ? i : NODES - 1;
		AT(x, 0, i) = state[0 * NODES + from];
		AT(x, 1, i) = state[1 * NODES + from];
	}

	const i32 horizon = (i32)A->horizon;
	i32 now = (i32)(A->first_step % horizon);
	const i64 row_length = A->horizon + BLOCK;
	real *history = A->history + point * RINGS * row_length;
	const i32 *newest = A->newest + A->wiring[point] * NODES;
	STORED(i32, place, 1);
	STORED(real, self, 1);
	EACH(i) AT(place, 0, i) = wrapped(now + newest[i < NODES ? i : NODES - 1], horizon);
	EACH_OF(i, NODES) {
		AT(self, 0, i) = A->self_weight[A->wiring[point] * NODES + i];
		AT(out, 0, i) = history[AT(place, 0, i)];
	}
	const i32 *rows = A->rows + A->wiring[point] * ROW * NODES;
	const i32 *columns = A->columns + A->wiring[point] * 2;
	const i32 near = A->near[A->wiring[point]];

	const i64 end = A->first_step + A->steps;
	i64 t = A->first_step;
	i64 healthy = 1;

	while (t < end && healthy) {
		const i64 block = t, block_end = block + BLOCK < end ? block + BLOCK : end;
		const i32 block_place = now;
		/* Rings are written once for the block where nobody hears of it sooner. */
		const i32 whole = BY_BLOCK && block + BLOCK <= end && !near && columns[0] == columns[1];

		/* Delayed input of the whole block, from the pairs whose delay is at least BLOCK - 1 steps:
		   ahead[ring][b] = sum over pairs of weight * source(block + b - delay). */
		EACH_OF(i, NODES) {
			const i32 from = rows[ROW * i], to = rows[ROW * i + 1];
			real sum0[BLOCK];
			LANES(b, BLOCK) sum0[b] = 0;
			for (i32 e = from; e < to; e++) {
				const real weight = A->edge_weight[e];
				const real *past = history + wrapped(block_place + A->edge_place[e], horizon);
				LANES(b, BLOCK) sum0[b] = FMA(weight, past[b], sum0[b]);
			}
			LANES(b, BLOCK) ALONG_AT(ahead, 0 * BLOCK + b, i) = sum0[b];
		}
		TURN(flow, ahead, RINGS * BLOCK);

		for (; t < block_end; t++) {
			const i32 b = (i32)(t - block);

			if (SELDOM(near & 1) && b % 8 == 0) {
				/* The same for 8 steps, from the pairs whose delay is at least 8 - 1 steps. */
				const i32 span_place = wrapped(block_place + b, horizon);
				EACH_OF(i, NODES) {
					const i32 from = rows[ROW * i + 1], to = rows[ROW * i + 1 + 1];
					real sum0[8];
					LANES(l, 8) sum0[l] = ALONG_AT(ahead, 0 * BLOCK + b + l, i);
					for (i32 e = from; e < to; e++) {
						const real weight = A->edge_weight[e];
						const real *past = history + wrapped(span_place + A->edge_place[e], horizon);
						LANES(l, 8) sum0[l] = FMA(weight, past[l], sum0[l]);
					}
					LANES(l, 8) ALONG_AT(ahead, 0 * BLOCK + b + l, i) = AT(flow, 0 * BLOCK + b + l, i) = sum0[l];
				}
			}
			if (SELDOM(near & 2) && b % 4 == 0) {
				/* The same for 4 steps, from the pairs whose delay is at least 4 - 1 steps. */
				const i32 span_place = wrapped(block_place + b, horizon);
				EACH_OF(i, NODES) {
					const i32 from = rows[ROW * i + 2], to = rows[ROW * i + 2 + 1];
					real sum0[4];
					LANES(l, 4) sum0[l] = ALONG_AT(ahead, 0 * BLOCK + b + l, i);
					for (i32 e = from; e < to; e++) {
						const real weight = A->edge_weight[e];
						const real *past = history + wrapped(span_place + A->edge_place[e], horizon);
						LANES(l, 4) sum0[l] = FMA(weight, past[l], sum0[l]);
					}
					LANES(l, 4) ALONG_AT(ahead, 0 * BLOCK + b + l, i) = AT(flow, 0 * BLOCK + b + l, i) = sum0[l];
				}
			}
			if (SELDOM(near & SINGLE)) {
				/* Single steps, from the pairs with the shortest delays. */
				EACH_OF(i, NODES) {
					const i32 from = rows[ROW * i + ROW - 2], to = rows[ROW * i + ROW - 1];
					real sum0 = AT(flow, 0 * BLOCK + b, i);
					for (i32 e = from; e < to; e++) {
						const real weight = A->edge_weight[e];
						const real *past = history + wrapped(now + A->edge_place[e], horizon);
						sum0 = FMA(weight, past[0], sum0);
					}
					AT(flow, 0 * BLOCK + b, i) = sum0;
				}
			}
			/* Single steps, from nodes that many others hear after the same short delay: COLUMNS such nodes at a time. */
			if (SELDOM(columns[0] < columns[1])) for (i32 c = columns[0]; c < columns[1]; c += COLUMNS) {
				const real *weight = A->column_weight + (i64)c * STRIDE;
				real sent0[COLUMNS];
				for (i32 l = 0; l < COLUMNS; l++) {
					const real *past = history + wrapped(now + A->column_place[c + l], horizon);
					sent0[l] = past[0];
				}
				EACH(i) {
					const i32 target = i < STRIDE ? i : 0;
					real sum0 = AT(flow, 0 * BLOCK + b, i);
					for (i32 l = 0; l < COLUMNS; l++) {
						sum0 = FMA(weight[l * STRIDE + target], sent0[l], sum0);
					}
					AT(flow, 0 * BLOCK + b, i) = sum0;
				}
			}

			/* Four steps' draws at a time, from the counter (step / 4, node, state): the same whatever ran before. */
			if ((t & 3) == 0 || t == A->first_step) {
				PHILOX(word, key0, key1, (u32)(t >> 2), (u32)((t >> 2) >> 32), 0);
				EACH(i) {
					const struct m_words words = { AT(word, 0, i), AT(word, 1, i), AT(word, 2, i), AT(word, 3, i) };
					real z[4];
					m_normals(words, z);
					AT(draw, 0 * 4, i) = z[0]; AT(draw, 0 * 4 + 1, i) = z[1]; AT(draw, 0 * 4 + 2, i) = z[2]; AT(draw, 0 * 4 + 3, i) = z[3];
				}
			}

			EACH(i) {
				const struct state v0 = { AT(x, 0, i), AT(x, 1, i) };
				const struct sums sums = { plus_own(AT(flow, 0 * BLOCK + b, i), AT(self, 0, i), AT(out, 0, i)) };
				const struct inputs c = coupled(k, v0, sums);
				const real z0_0 = k.k14 * AT(draw, 0 * 4 + (t & 3), i);
				const struct state d1 = derivatives(k, v0, c);
				struct state v1 = v0;
				v1.s_V += k.a_run_step * d1.s_V;
				v1.s_V += z0_0;
				v1.s_W += k.a_run_step * d1.s_W;
				
				RELOAD;
				const struct state d2 = derivatives(k, v1, c);
				struct state v = v0;
				v.s_V += 0.5f * k.a_run_step * (d1.s_V + d2.s_V);
				v.s_V += z0_0;
				v.s_W += 0.5f * k.a_run_step * (d1.s_W + d2.s_W);
				
				AT(x, 0, i) = v.s_V;
				AT(x, 1, i) = v.s_W;
				const struct sources source = sources(k, v);
				AT(out, 0, i) = source.r0;
				if (BY_BLOCK) AT(flow, 0 * BLOCK + b, i) = source.r0;
				AT(bad, 0, i) = nonfinite(v.s_V + v.s_W);
				const struct observed seen = observed(k, v);
				AT(sum0, 0, i) += seen.f_V;
			}

			now = wrapped(now + 1, horizon);
			if (SELDOM(!whole)) {
				i32 low = 0;
				EACH(i) {
					AT(place, 0, i) = wrapped(AT(place, 0, i) + 1, horizon);
					low |= AT(place, 0, i) < BLOCK;
				}
				EACH_OF(i, NODES) {
					history[AT(place, 0, i)] = AT(out, 0, i);
				}
				if (SELDOM(low)) EACH_OF(i, NODES) {
					if (AT(place, 0, i) < BLOCK) {
						history[horizon + AT(place, 0, i)] = AT(out, 0, i);
					}
				}
			}
			SYNC;

			if (ANY(i, AT(bad, 0, i) != 0)) {
				EACH_OF(i, NODES) {
					first[i] = -1;
					if (first[i] < 0 && nonfinite(AT(x, 0, i))) first[i] = 0;
					if (first[i] < 0 && nonfinite(AT(x, 1, i))) first[i] = 1;
				}
				SYNC;
				ONCE {
					i64 node = 0;
					while (node < NODES - 1 && first[node] < 0) node++;
					A->fault[4 * point] = 1;
					A->fault[4 * point + 1] = node;
					A->fault[4 * point + 2] = first[node] < 0 ? 0 : first[node];
					A->fault[4 * point + 3] = t + 1;
				}
				healthy = 0;
				t++;
				break;
			}

			/* Stream 0: means over 10 steps. */
			if ((t + 1) % 10 == 0) {
				const i64 sample = (t + 1) / 10;
				EACH(i) {
					AT(value0, 0, i) = (real)(AT(sum0, 0, i) * 0.1f);
					AT(sum0, 0, i) = 0;
				}
				if (sample >= A->from0) {
					EACH_OF(i, NODES) {
						A->out0[((point * 1 + 0) * A->capacity0 + sample - A->base0) * NODES + i] = AT(value0, 0, i);
					}
				}
			}

		}
		if (whole && healthy) {
			TURN_BACK(ahead, flow, RINGS * BLOCK);
			EACH_OF(i, NODES) {
				const i32 begin = wrapped(AT(place, 0, i) + 1, horizon);
				AT(place, 0, i) = wrapped(AT(place, 0, i) + BLOCK, horizon);
				if (SELDOM(begin < BLOCK || begin + BLOCK > horizon)) {
					for (i32 b = 0; b < BLOCK; b++) {
						const i32 at = wrapped(begin + b, horizon);
						history[at] = ALONG_AT(ahead, 0 * BLOCK + b, i);
						if (at < BLOCK) history[horizon + at] = ALONG_AT(ahead, 0 * BLOCK + b, i);
					}
				} else {
					LANES(b, BLOCK) history[begin + b] = ALONG_AT(ahead, 0 * BLOCK + b, i);
				}
			}
			SYNC;
		}
	}

	EACH_OF(i, NODES) {
		state[0 * NODES + i] = AT(x, 0, i);
		state[1 * NODES + i] = AT(x, 1, i);
	}
	EACH_OF(i, NODES) {
		A->sum0[(point * 1 + 0) * NODES + i] = AT(sum0, 0, i);
	}
}

