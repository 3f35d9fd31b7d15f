/*
 * ros-aggregate: event or envelope lines to the record; prints ack lines.
 *
 * A batch is one transaction. Its ack lines wait in memory until COMMIT has returned: what is acknowledged is recorded and synced,
 * whatever happens. A line of the input ends in one of three ways: recorded (or known), refused and named, or neither acknowledged
 * nor recorded because the tool failed.
 *
 * An entry that was delivered often is a suspect: it may be what kills this process, or it waits behind that one, or behind an outage. Only
 * this process knows that it died rather than failed, so that it decides here. The first suspect of a process stands alone, and the attempt is committed
 * before it is looked at; who fails, or settles it, takes the note back, who dies does not. After it come batches of 2, 4, 8 ... lines: each run settles
 * at least half of what stands before a killer, so that after a few runs the killer is the first, and after a few more it is refused without a look.
 *
 * What ros-emit's guard has not attested went past it: it is guarded here, before it is recorded, and what is recorded, refused or said has passed the guard.
 */
#include "base/timefmt.h"
#include "event/event.h"
#include "event/lines.h"
#include "event/summary.h"
#include "io/file.h"
#include "io/lines.h"
#include "io/tool.h"
#include "phi/guard.h"
#include "stats/stats.h"
#include "store/setup.h"
#include "store/store.h"

#include <inttypes.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ENVELOPE_MAX ((size_t)4096)        /* what an envelope adds to its event, in bytes */
#define BATCH_BYTES ((size_t)32 << 20)
#define BATCH_MS 1000                      /* so long may a trickle of lines keep other writers waiting */
#define ACKS_MAX (2 * BATCH_BYTES)         /* an ack line is hardly longer than its envelope */
#define SUSPECT 5                          /* an entry delivered more often is a suspect */
#define ATTEMPTS_MAX 5                     /* a suspect that was tried so often, and each time in vain, is refused */

struct aggregate {
	struct tool *tool;
	struct store *store;
	struct json_reader *reader;
	struct phi_keys *keys; /* NULL: no key file */
	struct phi_guard *guard;
	struct json_reader *guarded_reader; /* of an event that was guarded here: */
	struct buf guarded;
	const char *file;      /* the operand being read; NULL: standard input without operands */
	bool entries;          /* the input has envelopes */
	bool suspected;        /* the first suspect has been */
	int64_t limit;         /* lines a transaction: `batch`, but for the time after the first suspect */
	bool open;             /* a transaction is open: */
	int64_t lines;         /* in it */
	size_t bytes;          /* of them */
	int64_t since_ms;
	struct buf acks;       /* for after COMMIT */
	struct store_counts total;
	int64_t refused;       /* lines */
	int status;
	bool warned;           /* of the log that grows */
	bool over;             /* recording failed, or a signal came: read no further */
};

static struct tool tool;
static struct store_setup setup = STORE_SETUP_DEFAULTS;
static struct stats stats = STATS_DEFAULTS;
static int64_t batch = 30000, idle_ms = 50;

static const struct option options[] = {
	STORE_OPTIONS(&setup),
	{ "batch", 'n', OPTION_INT, &batch, "N", "events a transaction (default 30000)", NULL, 1, 1000000, NULL },
	{ "idle", 0, OPTION_INT, &idle_ms, "MS", "commit when no input came for so long (default 50)", NULL, 0, 60000, NULL },
	STATS_OPTIONS(&stats),
	TOOL_OPTIONS(&tool),
};

static const struct tool_page page = {
	.name = "ros-aggregate",
	.synopsis = "[option ...] [FILE ...]",
	.summary = "Records event lines or envelope lines in the database, and prints an ack line for each entry of the bus that is settled.",
	.examples = "ros-consume | ros-aggregate | ros-ack\n"
	            "ros-aggregate --verbose events.jsonl\n",
};

enum { LINES, RECORDED, REPEATED, CONFLICTING, REFUSED, LOST, BATCHES, ERRORS, COMMIT_MS };

static const struct stats_item items[] = {
	[LINES] = { "consumed", STATS_COUNTER },
	[RECORDED] = { "recorded", STATS_COUNTER },
	[REPEATED] = { "repeated", STATS_COUNTER },
	[CONFLICTING] = { "conflicting", STATS_COUNTER },
	[REFUSED] = { "refused", STATS_COUNTER },
	[LOST] = { "lost", STATS_COUNTER },
	[BATCHES] = { "batches", STATS_COUNTER },
	[ERRORS] = { "errors", STATS_COUNTER },
	[COMMIT_MS] = { "commit_ms", STATS_LATENCY },
	{ 0 },
};

static void worsen(struct aggregate *a, int status)
{
	if (status > a->status)
		a->status = status;
}

/* Nothing of the open transaction is recorded, and nothing of it is acknowledged. */
static void give_up(struct aggregate *a, const struct err *e)
{
	store_rollback(a->store);
	stats_add(&stats, ERRORS, 1);
	buf_clear(&a->acks);
	a->open = false;
	a->over = true;
	worsen(a, tool_fail(a->tool, e));
}

/* The line belongs to the open transaction, or opens one. */
static int begin(struct aggregate *a, const struct json *root, struct err *e)
{
	if (!a->open) {
		if (store_begin(a->store, e) < 0)
			return -1;
		a->open = true;
		a->lines = 0;
		a->bytes = 0;
		a->since_ms = time_monotonic_ms();
	}
	a->lines++;
	a->bytes += root->raw.n;
	return 0;
}

static void add_counts(struct store_counts *total, const struct store_counts *counts)
{
	total->recorded += counts->recorded;
	total->repeated += counts->repeated;
	total->conflicting += counts->conflicting;
	total->lost += counts->lost;
}

static void note_stats(const struct store_counts *counts, int64_t ms)
{
	stats_add(&stats, RECORDED, counts->recorded);
	stats_add(&stats, REPEATED, counts->repeated);
	stats_add(&stats, CONFLICTING, counts->conflicting);
	stats_add(&stats, LOST, counts->lost);
	stats_add(&stats, BATCHES, 1);
	stats_time(&stats, COMMIT_MS, ms);
	stats_tick(&stats, time_monotonic_ms());
}

/* Recording goes on: what is not recorded is trimmed from the bus in the end. */
static void watch_log(struct aggregate *a)
{
	int64_t bytes;
	if (!store_log_grows(a->store, &bytes))
		a->warned = false;
	else if (!a->warned) {
		a->warned = true;
		log_warn(&a->tool->log, "the log of the database has grown to %" PRId64 " MB: a reader stays open", bytes / 1000000);
	}
}

static int commit(struct aggregate *a, struct err *e)
{
	struct store_counts counts;
	if (!a->open)
		return 0;
	if (!buf_ok(&a->acks))
		return err_set(e, ROS_BUG, "no room for the ack lines");
	int64_t began = time_monotonic_ms();
	if (store_commit(a->store, &counts, e) < 0)
		return -1;
	a->open = false;
	if (a->lines >= a->limit)
		a->limit = 2 * a->limit < batch ? 2 * a->limit : batch;
	watch_log(a);
	note_stats(&counts, time_monotonic_ms() - began);
	add_counts(&a->total, &counts);
	out_str(&a->tool->out, buf_view(&a->acks));
	buf_clear(&a->acks);
	if (out_flush(&a->tool->out, NULL) < 0)
		a->over = true; /* tool_end() says it */
	return 0;
}

static bool is_due(const struct aggregate *a)
{
	return a->lines >= a->limit || a->bytes >= BATCH_BYTES || store_full(a->store) || time_monotonic_ms() - a->since_ms >= BATCH_MS;
}

static void count_refusal(struct aggregate *a)
{
	a->refused++;
	stats_add(&stats, REFUSED, 1);
	worsen(a, ROS_REFUSED);
}

/* "FILE: line 7: /usage/cost_usd: minimum"; where a pointer cannot say it, "line 7: syntax at byte 12". */
static void refuse_line(struct aggregate *a, uint64_t line, const struct json_fault *fault)
{
	char at[40] = "";
	if (fault->offset > 0)
		snprintf(at, sizeof at, " at byte %zu", fault->offset + 1);
	log_error(&a->tool->log, "%s%sline %" PRIu64 ": %s%s%s%s", a->file ? a->file : "", a->file ? ": " : "", line, fault->pointer,
	          fault->pointer[0] ? ": " : "", fault->rule, at);
	count_refusal(a);
}

/* An event as it may be recorded, and the reader that has it. */
struct admitted {
	struct event event;
	struct json_reader *reader;
};

/* Guards what the contract took. What comes of that it takes as well. */
static bool guard(struct aggregate *a, const struct json *root, struct admitted *out, struct json_fault *fault)
{
	if (!phi_guard(a->guard, out->event.schema, a->reader, root, &a->guarded, fault))
		return false;
	const struct json *guarded = json_read(a->guarded_reader, buf_view(&a->guarded), fault);
	out->reader = a->guarded_reader;
	return guarded && event_check(a->guarded_reader, guarded, &out->event, fault);
}

/* Checks an event, and guards it where nobody has attested that this was done. */
static bool admit(struct aggregate *a, const struct json *root, struct admitted *out, struct json_fault *fault)
{
	out->reader = a->reader;
	if (!event_check(a->reader, root, &out->event, fault))
		return false;
	enum phi_claim claim = phi_guard_claim(a->guard, a->reader, root);
	out->event.attested = claim == PHI_ATTESTED;
	return claim != PHI_UNATTESTED || guard(a, root, out, fault);
}

/* A summary has no attestation. */
static bool admit_summary(struct aggregate *a, const struct json *root, struct summary *out, struct json_fault *fault)
{
	return summary_check(a->reader, root, out, fault) && phi_guard(a->guard, &schema_summary, a->reader, root, &a->guarded, fault);
}

/* Why the entry is refused for good without a look at its event; absent where it is not. */
static struct str refusal_of(const struct envelope *env)
{
	if (env->refused.p)
		return env->refused;
	if (env->type.p && !event_schema(env->type) && !str_eq(env->type, schema_summary.event_type))
		return STR("event-type");
	return env->event->raw.n > EVENT_LINE_MAX ? STR("size") : (struct str){ 0 };
}

/* Records what the entry carries, or says in *reason and *fault why it is refused for good. */
static int record_entry(struct aggregate *a, const struct envelope *env, const struct origin *origin, struct str *reason,
                        struct json_fault *fault, struct err *e)
{
	struct admitted admitted;
	struct summary summary;
	enum store_outcome outcome;
	*reason = refusal_of(env);
	if (reason->p)
		return 0;
	if (str_eq(env->type, schema_summary.event_type)) {
		if (admit_summary(a, env->event, &summary, fault)) {
			if (!env->source.p || str_eq(env->source, summary.source))
				return store_summarize(a->store, &summary, e);
			fault->rule = "source";
		}
	} else if (admit(a, env->event, &admitted, fault)) {
		if (env->type.p && !str_eq(env->type, admitted.event.schema->event_type)) {
			*reason = STR("event-type");
			return 0;
		}
		if (store_record(a->store, admitted.reader, &admitted.event, origin, &outcome, e) < 0)
			return -1;
		if (outcome != STORE_SEALED)
			return 0;
		fault->rule = "sealed";
	}
	*reason = str_of(fault->rule);
	return 0;
}

/* Who writes an entry chooses the name of its source: what could be a person's is not written down. */
static const struct origin *origin_of(struct aggregate *a, const struct envelope *env, struct origin *origin)
{
	return envelope_origin(env, origin) && phi_guard_clean(a->guard, origin->source) ? origin : NULL;
}

/* The reason that the dead letter gets: what may not be kept is refused by the guard, whatever else is wrong with it. */
static struct str reason_of(struct aggregate *a, const struct envelope *env, struct str rule)
{
	bool summary = str_eq(env->type, schema_summary.event_type);
	const struct schema *known = event_schema(env->type), *schema = summary ? &schema_summary : known ? known : &schema_ai;
	bool kept = !env->event || refused_by_guard(rule) || phi_guard_may_keep(a->guard, schema, a->reader, env->event);
	return kept ? rule : STR(REFUSED_PHI);
}

static int record_or_refuse(struct aggregate *a, const struct envelope *env, struct str *reason, struct err *e)
{
	struct json_fault fault = { 0 };
	struct origin numbered;
	struct str rule;
	const struct origin *origin = origin_of(a, env, &numbered);
	if (record_entry(a, env, origin, &rule, &fault, e) < 0)
		return -1;
	if (!rule.p)
		return 0;
	*reason = reason_of(a, env, rule);
	log_warn(&a->tool->log, "%.*s: entry %.*s is refused: %s%s%.*s%s", STR_ARG(env->stream), STR_ARG(env->id), fault.pointer,
	         fault.pointer[0] ? ": " : "", STR_ARG(rule), refused_by_guard(*reason) ? "; nothing of it is kept" : "");
	count_refusal(a);
	return store_refuse(a->store, env->stream, env->id, *reason, origin, e);
}

/* The bus has nothing of it any more: it is acknowledged, so that it is reported once. */
static int lose(struct aggregate *a, const struct envelope *env, struct err *e)
{
	log_warn(&a->tool->log, "%.*s: entry %.*s is lost: it was trimmed away while it was pending", STR_ARG(env->stream),
	         STR_ARG(env->id));
	worsen(a, ROS_REFUSED);
	return store_lose(a->store, env->stream, env->id, e);
}

static int settle_entry(struct aggregate *a, const struct envelope *env, struct err *e)
{
	struct str reason = { 0 };
	if ((str_is(env->refused, REFUSED_LOST) ? lose(a, env, e) : record_or_refuse(a, env, &reason, e)) < 0)
		return -1;
	if (env->deliveries > SUSPECT && store_survive(a->store, env->stream, env->id, e) < 0)
		return -1;
	if (env->group.p)
		ack_write(&a->acks, &(struct ack){ env->stream, env->group, env->id, reason });
	return 0;
}

/* The tool failed, but it is alive: the attempt does not count. Where even that cannot be written, the note stays. */
static void forgive(struct aggregate *a, const struct envelope *env)
{
	struct store_counts none;
	struct err e;
	store_rollback(a->store);
	if (store_begin(a->store, &e) == 0 && store_survive(a->store, env->stream, env->id, &e) == 0)
		store_commit(a->store, &none, &e);
}

/* Alone in its transaction, and refused without a look where too many have died of it. */
static int settle_first_suspect(struct aggregate *a, const struct json *root, struct envelope *env, struct err *e)
{
	int64_t attempts;
	a->suspected = true;
	if (commit(a, e) < 0 || store_attempt(a->store, env->stream, env->id, &attempts, e) < 0)
		return -1;
	a->limit = 1;
	if (attempts > ATTEMPTS_MAX)
		env->refused = STR(REFUSED_DELIVERIES);
	if (begin(a, root, e) == 0 && settle_entry(a, env, e) == 0 && commit(a, e) == 0)
		return 0;
	forgive(a, env);
	return -1;
}

/* Names that are written down, or go on in ack lines. A reason that no tool gives is nobody's. */
static bool is_clean(struct aggregate *a, const struct envelope *env, struct json_fault *fault)
{
	*fault = (struct json_fault){ .rule = REFUSED_PHI };
	return phi_guard_clean(a->guard, env->stream) && phi_guard_clean(a->guard, env->group) && phi_guard_clean(a->guard, env->refused);
}

static int take_entry(struct aggregate *a, const struct json *root, uint64_t line, struct err *e)
{
	struct envelope env;
	struct json_fault fault;
	a->entries = true;
	if (!envelope_read(a->reader, root, &env, &fault) || !is_clean(a, &env, &fault)) {
		refuse_line(a, line, &fault);
		return 0;
	}
	if (env.deliveries > SUSPECT && !a->suspected)
		return settle_first_suspect(a, root, &env, e);
	return begin(a, root, e) < 0 ? -1 : settle_entry(a, &env, e);
}

static int take_event(struct aggregate *a, const struct json *root, uint64_t line, struct err *e)
{
	struct admitted admitted;
	struct json_fault fault = { .rule = "size" };
	enum store_outcome outcome;
	if (root->raw.n <= EVENT_LINE_MAX && admit(a, root, &admitted, &fault)) {
		if (begin(a, root, e) < 0 || store_record(a->store, admitted.reader, &admitted.event, NULL, &outcome, e) < 0)
			return -1;
		if (outcome != STORE_SEALED)
			return 0;
		fault = (struct json_fault){ .rule = "sealed" };
	}
	refuse_line(a, line, &fault);
	return 0;
}

/* `whole`: it ends in \n. A cut id is a different valid id, so that the last line of a pipe of entries counts only when whole. */
static int take_line(struct aggregate *a, struct str text, uint64_t line, bool whole, struct err *e)
{
	struct json_fault fault;
	if (str_trim(text).n == 0)
		return 0;
	stats_add(&stats, LINES, 1);
	const struct json *root = json_read(a->reader, text, &fault);
	bool entry = root ? envelope_is(a->reader, root) : a->entries;
	if (entry && !whole) {
		log_warn(&a->tool->log, "line %" PRIu64 ": cut off, ignored", line);
		return 0;
	}
	if (!root)
		refuse_line(a, line, &fault);
	else if (entry)
		return take_entry(a, root, line, e);
	else
		return take_event(a, root, line, e);
	return 0;
}

/* What came of waiting for a line; -1: recording failed. */
static int take(struct aggregate *a, enum lines_event what, struct str text, uint64_t line, struct err *e)
{
	switch (what) {
	case LINES_LINE:
	case LINES_LAST:
		if (take_line(a, text, line, what == LINES_LINE, e) < 0)
			return -1;
		return a->open && is_due(a) ? commit(a, e) : 0;
	case LINES_TOO_LONG:
		refuse_line(a, line, &(struct json_fault){ .rule = "size" });
		return 0;
	case LINES_STOP:
		a->over = true;
		return commit(a, e);
	case LINES_IDLE:
	case LINES_END:
	case LINES_ERROR:
		break;
	}
	return commit(a, e);
}

static void take_lines(struct aggregate *a, struct lines *in)
{
	enum lines_event what;
	do {
		struct str text;
		struct err read_error, e;
		what = lines_next(in, a->open ? (int)idle_ms : stats_patience(&stats, time_monotonic_ms()), &text, &read_error);
		if (what == LINES_IDLE)
			stats_tick(&stats, time_monotonic_ms());
		if (take(a, what, text, in->number, &e) < 0)
			give_up(a, &e);
		if (what == LINES_ERROR)
			worsen(a, tool_fail(a->tool, &read_error));
	} while (!a->over && what != LINES_END && what != LINES_ERROR);
}

static void read_file(struct aggregate *a, const char *path)
{
	int fd;
	const char *name;
	struct err e;
	if (file_open_input(path, &fd, &name, &e) < 0) {
		worsen(a, tool_fail(a->tool, &e));
		return;
	}
	struct lines in;
	lines_init(&in, fd, name, EVENT_LINE_MAX + ENVELOPE_MAX);
	a->entries = false;
	take_lines(a, &in);
	lines_free(&in);
	if (fd != STDIN_FILENO)
		close(fd);
}

static void read_input(struct aggregate *a)
{
	if (a->tool->n_operands == 0)
		read_file(a, "-");
	for (size_t i = 0; i < a->tool->n_operands && !a->over; i++) {
		a->file = a->tool->operands[i];
		read_file(a, a->file);
	}
	if (a->total.conflicting > 0)
		log_warn(&a->tool->log, "%" PRId64 " %s recorded before with other content: kept apart, the first stays", a->total.conflicting,
		         a->total.conflicting == 1 ? "event was" : "events were");
	log_note(&a->tool->log, "%" PRId64 " recorded, %" PRId64 " repeated, %" PRId64 " conflicting, %" PRId64 " refused, %" PRId64 " lost",
	         a->total.recorded, a->total.repeated, a->total.conflicting, a->refused, a->total.lost);
}

static int open_guard(struct aggregate *a, struct err *e)
{
	if (phi_keys_open(&a->keys, a->tool->config, e) < 0)
		return -1;
	a->guard = phi_guard_new(&(struct phi_guard_settings){ .keys = a->keys });
	a->guarded_reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&a->guarded, EVENT_LINE_MAX);
	return 0;
}

static int open_store(struct aggregate *a, struct err *e)
{
	const char *path;
	if (store_setup_path(&setup, a->tool->config, &path, e) < 0)
		return -1;
	return store_open(&a->store, path, store_setup_busy_ms(&setup), e);
}

int main(int argc, char **argv, char **environment)
{
	int status;
	struct err e;
	if (!tool_begin(&tool, &page, options, argc, argv, environment, &status))
		return status;
	prctl(PR_SET_DUMPABLE, 0);
	struct aggregate a = { .tool = &tool, .limit = batch };
	struct json_limits limits = JSON_EVENT_LIMITS; /* and the envelope around the event */
	limits.bytes += ENVELOPE_MAX;
	limits.depth += 1;
	limits.nodes += 16;
	a.reader = json_reader_new(limits);
	buf_init(&a.acks, ACKS_MAX);
	tool.out.lines = true;
	if (stats_begin(&stats, &tool.log, items, &e) < 0 || open_guard(&a, &e) < 0 || open_store(&a, &e) < 0)
		a.status = tool_fail(&tool, &e);
	else
		read_input(&a);
	stats_end(&stats);
	store_close(a.store);
	store_setup_free(&setup);
	buf_free(&a.acks);
	json_reader_free(a.reader);
	json_reader_free(a.guarded_reader);
	buf_free(&a.guarded);
	phi_guard_free(a.guard);
	phi_keys_free(a.keys);
	return tool_end(&tool, a.status);
}
