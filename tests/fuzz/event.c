/*
 * Any bytes as an event line: no crash; what is accepted is refused by nothing that follows: its canonical form is an event again, with the same
 * content and the same canonical form, and so is what comes out of its envelope line. What the guard passes is an event, attested, and passes
 * again. A summary that is accepted is one again when it is written.
 */
#include "../lib/fuzz.h"

#include "event/event.h"
#include "event/lines.h"
#include "event/summary.h"
#include "phi/guard.h"

static void round_trip(struct json_reader *first, const struct event *ev)
{
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct json_fault fault;
	struct event again;
	struct buf canonical, twice, scratch;
	buf_init(&canonical, 1 << 23);
	buf_init(&twice, 1 << 23);
	buf_init(&scratch, 1 << 23);
	struct sha256 content = event_content(first, ev, &scratch);
	json_canonical(first, ev->root, NULL, &canonical);
	FUZZ_CHECK(buf_ok(&canonical));
	const struct json *root = json_read(r, buf_view(&canonical), &fault);
	if (root) { /* canonical escapes can be longer than the limit of a line */
		FUZZ_CHECK(event_check(r, root, &again, &fault));
		struct sha256 same = event_content(r, &again, &scratch);
		FUZZ_CHECK(memcmp(&content, &same, sizeof same) == 0);
		json_canonical(r, root, NULL, &twice);
		FUZZ_CHECK(str_eq(buf_view(&canonical), buf_view(&twice)));
	} else {
		FUZZ_CHECK(canonical.n > EVENT_LINE_MAX);
	}
	buf_clear(&scratch);
	event_undeclared(first, ev, &scratch);
	FUZZ_CHECK((scratch.n > 0) == ev->undeclared);
	buf_free(&canonical);
	buf_free(&twice);
	buf_free(&scratch);
	json_reader_free(r);
}

static void envelope_trip(const struct event *ev)
{
	struct json_limits limits = { .bytes = EVENT_LINE_MAX + 4096, .depth = 33, .nodes = 65536 + 16 };
	struct json_reader *r = json_reader_new(limits);
	struct json_fault fault;
	struct buf line;
	struct envelope out = { .stream = STR("s"), .group = STR("g"), .id = STR("1-0"), .type = STR(EVENT_TYPE_AI), .deliveries = 1, .sequence = 7 }, in;
	struct event again;
	buf_init(&line, 1 << 22);
	envelope_write(&line, &out, ev->root->raw);
	FUZZ_CHECK(line.n && memchr(line.p, '\n', line.n) == line.p + line.n - 1);
	const struct json *root = json_read(r, buf_view(&line), &fault);
	FUZZ_CHECK(root && envelope_is(r, root) && envelope_read(r, root, &in, &fault));
	FUZZ_CHECK(in.event && event_check(r, in.event, &again, &fault) && in.sequence == 7);
	buf_free(&line);
	json_reader_free(r);
}

static void guard_trip(struct json_reader *first, const struct event *ev)
{
	struct phi_guard *g = phi_guard_new(&(struct phi_guard_settings){ .scan_live = true });
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct json_fault fault = { 0 };
	struct event guarded;
	struct buf once, twice;
	buf_init(&once, EVENT_LINE_MAX);
	buf_init(&twice, EVENT_LINE_MAX);
	if (phi_guard(g, &schema_ai, first, ev->root, &once, &fault)) {
		const struct json *root = json_read(r, buf_view(&once), &fault);
		FUZZ_CHECK(root && event_check(r, root, &guarded, &fault) && phi_guard_claim(g, r, root) == PHI_ATTESTED);
		FUZZ_CHECK(phi_guard(g, &schema_ai, r, root, &twice, &fault));
	} else {
		FUZZ_CHECK(refused_by_guard(str_of(fault.rule)) || strcmp(fault.rule, "size") == 0);
	}
	buf_free(&once);
	buf_free(&twice);
	json_reader_free(r);
	phi_guard_free(g);
}

static void summary_trip(const struct summary *s)
{
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct json_fault fault;
	struct summary again;
	struct buf text;
	buf_init(&text, 1 << 23);
	summary_write(&text, s);
	const struct json *root = json_read(r, buf_view(&text), &fault);
	FUZZ_CHECK(root ? summary_check(r, root, &again, &fault) : text.n > EVENT_LINE_MAX);
	FUZZ_CHECK(!root || (str_eq(s->source, again.source) && s->last == again.last && s->n_refused == again.n_refused));
	buf_free(&text);
	json_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct json_fault fault = { 0 };
	struct event ev;
	struct summary summary;
	const struct json *root = json_read(r, (struct str){ (const char *)data, size }, &fault);
	if (root && summary_check(r, root, &summary, &fault))
		summary_trip(&summary);
	else if (root && event_check(r, root, &ev, &fault)) {
		struct entry_field fields[ENTRY_FIELDS_MAX];
		FUZZ_CHECK(entry_fields(&ev, root->raw, fields) >= 4);
		round_trip(r, &ev);
		envelope_trip(&ev);
		guard_trip(r, &ev);
	} else {
		FUZZ_CHECK(fault.rule);
	}
	json_reader_free(r);
	return 0;
}
