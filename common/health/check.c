/* The probes write into memory that they share with this process: what one that hangs had measured by then counts. */
#include "health/check.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "health/child.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

static health_probe_fn *const probes[] = { health_probe_bus, health_probe_queue, health_probe_record, health_probe_disk };

enum { BUS, QUEUE, RECORD, DISK, PROBES };

struct check {
	const struct health_target *target;
	const struct health_limits *limits;
	int timeout_ms;
	int64_t deadline;
	struct child children[PROBES];
	bool silent[PROBES];         /* it was killed, or could not be started */
	struct health_probe *probes; /* PROBES of them, shared */
};

int check_new(struct check **out, const struct health_target *t, const struct health_limits *l, int timeout_ms, struct err *e)
{
	struct check *c = mem_alloc(sizeof *c);
	*c = (struct check){ .target = t, .limits = l, .timeout_ms = timeout_ms };
	c->probes = mmap(NULL, PROBES * sizeof *c->probes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*out = c;
	if (c->probes != MAP_FAILED)
		return 0;
	c->probes = NULL;
	return err_sys(e, ROS_IO, "no memory to share with the probes");
}

void check_free(struct check *c)
{
	if (!c)
		return;
	for (int i = 0; i < PROBES; i++)
		if (!child_ended(&c->children[i]))
			child_kill(&c->children[i]);
	if (c->probes)
		munmap(c->probes, PROBES * sizeof *c->probes);
	free(c);
}

/* 1: in the child. One of an earlier check that does not even die is not joined by another; what it waits for is still known. */
static int begin_one(struct check *c, int i)
{
	struct err e;
	c->silent[i] = !child_ended(&c->children[i]);
	c->probes[i] = (struct health_probe){ .doing = c->probes[i].doing };
	if (c->silent[i])
		return 0;
	c->children[i].status = 0;
	int rc = child_fork(&c->children[i], &e);
	if (rc == 1)
		probes[i](c->target, &c->probes[i]);
	else if (rc < 0)
		health_find(&c->probes[i], HEALTH_UNKNOWN, "%s", e.text);
	return rc == 1;
}

int check_begin(struct check *c)
{
	c->deadline = time_monotonic_ms() + c->timeout_ms;
	for (int i = 0; i < PROBES; i++)
		if (begin_one(c, i))
			return 1;
	return 0;
}

bool check_done(struct check *c)
{
	bool late = time_monotonic_ms() >= c->deadline, done = true;
	for (int i = 0; i < PROBES; i++) {
		bool ended = c->silent[i] || child_ended(&c->children[i]);
		if (!ended && late) {
			c->silent[i] = true;
			child_kill(&c->children[i]);
		}
		done &= ended || late;
	}
	return done;
}

/* --- what it comes to --- */

/* What is known to be critical is not hidden by what is not known. */
static int rank(enum health_state state)
{
	static const int ranks[] = { [HEALTH_OK] = 0, [HEALTH_WARNING] = 1, [HEALTH_UNKNOWN] = 2, [HEALTH_CRITICAL] = 3 };
	return ranks[state];
}

static void add_finding(struct health_report *r, const struct health_finding *f)
{
	size_t at = r->n_findings;
	if (at == FINDINGS_MAX)
		return;
	for (; at > 0 && rank(r->findings[at - 1].state) < rank(f->state); at--)
		r->findings[at] = r->findings[at - 1];
	r->findings[at] = *f;
	r->n_findings++;
}

static void judge(struct health_report *r, enum health_measure m)
{
	const struct health_measure_row *row = &health_measures[m];
	enum health_state state = health_limits_judge(&r->limits, m, r->value[m]);
	r->of[m] = state;
	if (state == HEALTH_OK)
		return;
	struct health_finding f = { .state = state };
	const char *unit = health_unit_names[row->unit], *space = unit[0] ? " " : "";
	int64_t limit = state == HEALTH_CRITICAL ? r->limits.crit[m] : r->limits.warn[m];
	snprintf(f.text, sizeof f.text, "%s: %" PRId64 "%s%s (%s: %s %" PRId64 ")", row->words, r->value[m], space, unit, row->name,
	         row->below ? "below" : "above", limit);
	add_finding(r, &f);
}

/* One that did not come to its end has not seen all: what it did not find may be there. */
static void judge_end(struct health_report *r, const struct check *c, int i)
{
	const char *doing = c->probes[i].doing ? c->probes[i].doing : "a process";
	int status = c->children[i].status;
	struct health_finding f = { .state = c->silent[i] ? HEALTH_CRITICAL : HEALTH_UNKNOWN };
	if (c->silent[i])
		snprintf(f.text, sizeof f.text, "no answer in %d ms: waited for %s", c->timeout_ms, doing);
	else if (WIFSIGNALED(status))
		snprintf(f.text, sizeof f.text, "the process that waited for %s was ended by signal %d", doing, WTERMSIG(status));
	else if (status != 0)
		snprintf(f.text, sizeof f.text, "the process that waited for %s failed with status %d", doing, WEXITSTATUS(status));
	if (f.text[0] != '\0')
		add_finding(r, &f);
}

static void take_probe(struct health_report *r, const struct check *c, int i)
{
	const struct health_probe *p = &c->probes[i];
	for (size_t n = 0; n < p->n_findings; n++)
		add_finding(r, &p->findings[n]);
	for (int m = 0; m < MEASURES; m++) {
		if (!p->measured[m])
			continue;
		r->measured[m] = true;
		r->value[m] = p->value[m];
		judge(r, m);
	}
	judge_end(r, c, i);
}

void check_report(const struct check *c, struct health_report *r)
{
	*r = (struct health_report){ .limits = *c->limits, .max_len = c->target->max_len };
	for (int i = 0; i < PROBES; i++)
		take_probe(r, c, i);
	r->group = c->probes[BUS].there;
	r->database = c->probes[RECORD].there;
	if (r->n_findings > 0)
		r->state = r->findings[0].state;
}
