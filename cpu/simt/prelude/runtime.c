/* The program around a kernel: reads from its standard input what to run, maps the buffers, and runs team after team
   with MEMBERS threads. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

_Thread_local int simt_member;

/* Members meet at two places in turn. At one place alone, a member that leaves late would learn from the lock what
   others did on their way to the next meeting, and the sanitizer would take that for order. */
static struct place {
	pthread_mutex_t lock;
	pthread_cond_t turn;
	int arrived, vote, last_vote, line;
	long generation;
} places[2] = { { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER }, { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER } };
static _Thread_local long meetings;

enum { END = 0 }; /* the line of the barrier after a team */

static _Noreturn void refuse(const char *what, int a, int b) {
	fprintf(stderr, "simt: ");
	fprintf(stderr, what, a, b);
	fprintf(stderr, "\n");
	_exit(3);
}

/* All members meet, and learn whether one of them voted. */
static int meet(int mine, int line) {
	struct place *p = &places[meetings++ % 2];
	pthread_mutex_lock(&p->lock);
	if (p->arrived == 0) {
		p->line = line;
		p->vote = 0;
	} else if (line != p->line) {
		if (line == END || p->line == END) refuse("line %d: SYNC or ANY is not reached by all members", line + p->line, 0);
		refuse("members are at different SYNCs: lines %d and %d", p->line, line);
	}
	p->vote |= mine;
	if (++p->arrived == MEMBERS) {
		p->arrived = 0;
		p->last_vote = p->vote;
		p->generation++;
		pthread_cond_broadcast(&p->turn);
	} else {
		const long now = p->generation;
		while (p->generation == now) pthread_cond_wait(&p->turn, &p->lock);
	}
	const int result = p->last_vote;
	pthread_mutex_unlock(&p->lock);
	return result;
}

void simt_sync(int line) { meet(0, line); }
int simt_any(int mine, int line) { return meet(mine, line); }

int simt_mine(int node, int mine, int line) {
	if (!mine) refuse("line %d: a member touches the OWN value of node %d, which is another's", line, node);
	return node;
}

typedef void kernel(const void *args, long long team);

static kernel *run;
static unsigned long long args[512];
static long long teams;

static void *member(void *number) {
	simt_member = (int)(long)number;
	for (long long team = 0; team < teams; team++) {
		run(args, team);
		meet(0, END);
	}
	return 0;
}

/* The buffer's last byte lies before a page that nobody may touch. */
static unsigned long long map(int fd, size_t size) {
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (size + 63) / 64 * 64, whole = (used + page - 1) / page * page;
	char *at = mmap(0, whole + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED || whole > 0 && mmap(at, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		refuse("no memory for buffer %d", fd - 3, 0);
	return (unsigned long long)(at + whole - used);
}

int main(void) {
	char name[256], symbol[512];
	int count, buffers;
	unsigned long long address[512];
	if (scanf("%255s %lld %d %d", name, &teams, &count, &buffers) != 4 || count > 512 || buffers > 512) refuse("bad request", 0, 0);
	for (int b = 0; b < buffers; b++) {
		size_t size;
		if (scanf("%zu", &size) != 1) refuse("bad size of buffer %d", b, 0);
		address[b] = map(3 + b, size);
	}
	for (int i = 0; i < count; i++) {
		char kind;
		if (scanf(" %c %llx", &kind, &args[i]) != 2) refuse("bad argument %d", i, 0);
		if (kind == 'b') args[i] = address[args[i]];
	}

	snprintf(symbol, sizeof symbol, "words_%s", name);
	const long long *words = dlsym(RTLD_DEFAULT, symbol);
	snprintf(symbol, sizeof symbol, "run_%s", name);
	run = (kernel *)dlsym(RTLD_DEFAULT, symbol);
	if (!run || !words) {
		fprintf(stderr, "simt: there is no kernel %s\n", name);
		return 3;
	}
	if (*words != count) refuse("the kernel takes %d arguments, not %d", (int)*words, count);

	pthread_t threads[MEMBERS];
	for (long m = 0; m < MEMBERS; m++)
		if (pthread_create(&threads[m], 0, member, (void *)m)) refuse("no thread for member %d", (int)m, 0);
	for (int m = 0; m < MEMBERS; m++) pthread_join(threads[m], 0);
	return 0;
}
