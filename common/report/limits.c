/* Limitations: derived from the numbers, so that no format can forget one. */
#include "report/limits.h"

#include "base/buf.h"
#include "base/mem.h"
#include "report/human.h"

#define SENTENCE_MAX 4096

/* Sentences under way. */
struct saying {
	struct report *report;
	const char *mode; /* said first, where the report is over both */
};

static struct buf begin(const struct saying *s)
{
	struct buf b;
	buf_init(&b, SENTENCE_MAX);
	if (s->mode)
		buf_fmt(&b, "%s: ", s->mode);
	return b;
}

/* Takes over the sentence. */
static void end(const struct saying *s, struct buf *sentence)
{
	struct report *r = s->report;
	r->limitations = mem_grow(r->limitations, r->n_limitations + 1, sizeof *r->limitations);
	r->limitations[r->n_limitations++] = mem_strdup(buf_view(sentence));
	buf_free(sentence);
}

static void say(const struct saying *s, const char *text)
{
	struct buf b = begin(s);
	buf_z(&b, text);
	end(s, &b);
}

/* "PREFIX139 of 1,939 calls (7.2 %)SUFFIX", where there are some. */
static void say_of(const struct saying *s, const char *prefix, int128 part, int128 whole, const char *what,
                   const char *suffix)
{
	if (part <= 0)
		return;
	struct buf b = begin(s);
	buf_z(&b, prefix);
	human_of(&b, part, whole, what);
	buf_z(&b, suffix);
	end(s, &b);
}

/* "3 eventsSUFFIX", where there are some. */
static void say_count(const struct saying *s, int128 n, const char *one, const char *many, const char *suffix)
{
	if (n <= 0)
		return;
	struct buf b = begin(s);
	human_plural(&b, n, one, many);
	buf_z(&b, suffix);
	end(s, &b);
}

static void state_widened(const struct saying *s, const char *which, bool widened, int64_t asked_ms, int64_t used_ms)
{
	if (!widened)
		return;
	struct buf b = begin(s);
	buf_fmt(&b, "The %s of the period was widened to the whole hour: ", which);
	human_time(&b, used_ms);
	buf_z(&b, " instead of ");
	human_time(&b, asked_ms);
	buf_z(&b, ". With --exact it is kept.");
	end(s, &b);
}

/* A producer's clock, or that of ros-aggregate, is wrong. */
static void state_clock(const struct saying *s, const struct report_part *part)
{
	struct buf b = begin(s);
	buf_z(&b, "The last call is dated after it was recorded, ");
	human_time(&b, part->last_ms);
	buf_z(&b, ": a clock is wrong, and times cannot be relied on.");
	end(s, &b);
}

static void state_calls(const struct saying *s, const struct report_part *part)
{
	const struct report_group *all = &part->total;
	int128 calls = all->m[CALLS], texts = 2 * calls, unstaged = 0;
	say_of(s, "The cost of ", calls - report_priced(all), calls, "calls",
	       " is unknown. Unknown is not 0: the true total may be higher.");
	say_of(s, "For ", all->m[PRICED_UNSTATED], calls, "calls", " it is not stated who computed the cost.");
	say_of(s, "The latency of ", calls - all->m[TIMED], calls, "calls",
	       " is unknown; they are in no figure of latency.");
	say_of(s, "For ", texts - all->m[PHI_SCANS] - all->m[PHI_SKIPPED], texts, "texts",
	       " no PHI scan is reported; a call has two texts, input and output.");
	say_of(s, "For ", all->m[PHI_SKIPPED], texts, "texts", " the PHI scan was skipped.");
	for (size_t i = 0; i < part->by[BY_STAGE].n; i++) /* what has no number may have several names */
		unstaged += part->by[BY_STAGE].v[i].key.stage == 0 ? part->by[BY_STAGE].v[i].m[CALLS] : 0;
	say_of(s, "", unstaged, calls, "calls", " name no workflow stage by number.");
	if (calls > 0 && part->first_ms == 0)
		say(s, "The first time, 1970-01-01 00:00:00 UTC, is what calls without a known date are given.");
	if (s->report->record.last_batch > 0 && part->last_ms > s->report->record.committed_ms)
		state_clock(s, part);
	say_count(s, part->conflicts, "event", "events",
	          " came with the time and id of a recorded one but with other content. The first recorded counts;"
	          " the others are kept apart.");
}

static void state_refusals(const struct saying *s)
{
	int64_t refused = 0;
	for (size_t i = 0; i < s->report->n_refusals; i++)
		refused += s->report->refusals[i].count;
	say_count(s, refused, "entry of the bus was", "entries of the bus were",
	          " refused for good and counted nowhere in this report. What they belong to cannot be told:"
	          " the number is of the whole database.");
}

static void state_completeness(const struct saying *s)
{
	const struct report_completeness *c = &s->report->complete;
	say_of(s, "", c->total[MISSING], c->total[EMITTED], "emitted events",
	       " did not arrive: lost, or still under way. They are in no figure of this report. What they belong to cannot be told:"
	       " the number is of the whole database.");
	say_count(s, c->lost, "entry of the bus was", "entries of the bus were",
	          " trimmed away while pending, in the whole database. What was not recorded before is lost.");
}

void limits_state(struct report *r)
{
	struct saying s = { .report = r };
	bool mixed = r->mode[0].mode && r->mode[1].mode;
	state_widened(&s, "beginning", r->widened_from, r->scope.from_ms, r->from_ms);
	state_widened(&s, "end", r->widened_to, r->scope.to_ms, r->to_ms);
	for (int i = 0; i < 2; i++) {
		s.mode = mixed ? r->mode[i].mode : NULL;
		state_calls(&s, &r->mode[i]);
	}
	s.mode = NULL;
	say_count(&s, r->record.purged, "call of this run was", "calls of this run were",
	          " deleted by retention. They are in no figure of this report.");
	state_refusals(&s);
	state_completeness(&s);
}
