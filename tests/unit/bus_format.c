/* What is printed of an entry that a person looks at, and which entries are looked at. */
#include "../lib/unit.h"

#include "base/buf.h"
#include "bus/carry.h"
#include "bus/look.h"
#include "event/event.h"

#define DATA \
	"{\"model\":\"m\xc3\xa4\",\"tier\":\"MINI\",\"run_id\":null,\"status\":\"FAILED\",\"text\":\"a\\nb\\u001b[2J\",\"empty\":\"\"," \
	"\n \"usage\":{\"input_tokens\":1200,\n\"cost_usd\":2.98e-3},\"a/b\":true,\"tags\":[\"x\",\"y\x7f\"]}"

static struct json_reader *reader;
static struct buf out;

/* An entry with DATA as its event, or with other data. */
static struct view view_of(const char *data)
{
	static struct entry_field fields[] = {
		{ { "type", 4 }, { "ai.invocation.completed", 23 } }, { { "data", 4 }, { NULL, 0 } },
		{ { "tier", 4 }, { "NANO", 4 } },                     { { "run_id", 6 }, { "r\n1", 3 } },
		{ { "source", 6 }, { "host-0", 6 } },
	};
	static struct bus_entry entry = { .id = { "1769608800123-7", 15 }, .fields = fields, .n_fields = 5, .deliveries = 3 };
	fields[1].value = str_of(data);
	struct view v = { .entry = &entry, .env.stream = STR("ros:insights"), .reader = reader };
	v.event = carry_entry(reader, &entry, &v.env);
	return v;
}

/* What a format makes of the entry. */
static struct str written_by(struct format *f, const char *text, const char *data)
{
	bool terminal = f->terminal, colours = f->colours;
	struct err e;
	buf_clear(&out);
	if (format_read(f, text, &e) == 0) {
		f->terminal = terminal;
		f->colours = colours;
		struct view v = view_of(data);
		format_write(f, &v, &out);
	} else {
		buf_z(&out, e.text);
	}
	format_free(f);
	return buf_view(&out);
}

static struct str written(const char *text)
{
	return written_by(&(struct format){ 0 }, text, DATA);
}

static struct str on_terminal(const char *text)
{
	return written_by(&(struct format){ .terminal = true, .colours = true }, text, DATA);
}

static void directives(void)
{
	CHECK_STR(written("%i"), "1769608800123-7\n");
	CHECK_STR(written("%t"), "2026-01-28T14:00:00.123Z\n");
	CHECK_STR(written("%s %T %d %r"), "ros:insights ai.invocation.completed 3 -\n");
	CHECK_STR(written("100%% [%i]"), "100% [1769608800123-7]\n");
	CHECK_STR(written(""), "\n");
	CHECK_STR(written("x"), "x\n");
}

static void escapes_and_the_end_of_the_line(void)
{
	CHECK_STR(written("a\\tb\\\\n\\nc"), "a\tb\\n\nc\n");
	CHECK_STR(written("%d\\n"), "3\n");
	CHECK_STR(written("%d\\n\\n"), "3\n\n");
	CHECK_STR(written("\\n%d"), "\n3\n");
	CHECK_STR(written("%d\\\\n"), "3\\n\n");
}

static void names_are_members_then_fields(void)
{
	CHECK_STR(written("%{tier} %{source}"), "MINI host-0\n");
	CHECK_STR(written("%{/tier} %{/source}"), "MINI -\n");
	CHECK_STR(written("%{/usage/input_tokens}%{/usage/cost_usd}"), "12002.98e-3\n");
	CHECK_STR(written("%{/a~1b} %{a/b} %{/tags/0}"), "true true x\n");
	CHECK_STR(written("%{run_id}"), "r 1\n"); /* null counts as absent */
	CHECK_STR(written("[%{/run_id}] [%{nothing}] [%{empty}]"), "[-] [-] []\n");
	CHECK_STR(written("%{usage}"), "{\"input_tokens\":1200, \"cost_usd\":2.98e-3}\n");
}

static void values_stay_on_their_line(void)
{
	CHECK_STR(written("%{text}|%{tags}"), "a b?[2J|[\"x\",\"y?\"]\n");
	struct str payload = written("%p");
	CHECK(memchr(payload.p, '\n', payload.n) == payload.p + payload.n - 1);
	CHECK(memchr(payload.p, 0x7f, payload.n)); /* still the same event */
	payload = on_terminal("%p");
	CHECK(!memchr(payload.p, 0x7f, payload.n));
	CHECK(payload.n > 0 && payload.p[0] == '{');
}

static void widths_count_characters(void)
{
	CHECK_STR(written("[%4{model}] [%-4{model}] [%1{tier}]"), "[  m\xc3\xa4] [m\xc3\xa4  ] [MINI]\n");
	CHECK_STR(written("%5d|%-3d|"), "    3|3  |\n");
	CHECK_STR(written("%1001d"), "--format: byte 1: a width of more than 1000");
	CHECK_STR(written("x%99999999999999999999d"), "--format: byte 2: a width of more than 1000");
}

static void mistakes_are_named_by_their_place(void)
{
	CHECK_STR(written("%i %x"), "--format: byte 4: not one of %i %t %s %T %d %p %r %{NAME} %%");
	CHECK_STR(written("50%"), "--format: byte 3: not one of %i %t %s %T %d %p %r %{NAME} %%");
	CHECK_STR(written("%5%"), "--format: byte 1: not one of %i %t %s %T %d %p %r %{NAME} %%");
	CHECK_STR(written("a\\e"), "--format: byte 2: not one of \\n \\t \\\\");
	CHECK_STR(written("a\\"), "--format: byte 2: not one of \\n \\t \\\\");
	CHECK_STR(written("%{model"), "--format: byte 2: { without }");
	CHECK_STR(written("%{}"), "--format: byte 2: no name between { and }");
}

static void colours(void)
{
	CHECK_STR(on_terminal("%d %i"), "3 \x1b[2m1769608800123-7\x1b[0m\n");
	CHECK_STR(on_terminal("%7{status}|"), " \x1b[31mFAILED\x1b[0m|\n");
	CHECK_STR(on_terminal("%-7{/status}|"), "\x1b[31mFAILED\x1b[0m |\n");
	CHECK_STR(on_terminal("%{tier}%r"), "MINI-\n");
	struct format f = { .colours = true };
	CHECK_STR(written_by(&f, "%{status}", "{\"status\":\"SUCCESS\"}"), "\x1b[32mSUCCESS\x1b[0m\n");
	f.colours = true;
	CHECK_STR(written_by(&f, "%{status}", "{\"status\":\"RATE_LIMITED\"}"), "\x1b[33mRATE_LIMITED\x1b[0m\n");
	f.colours = true;
	CHECK_STR(written_by(&f, "%{status}", "{}"), "-\n");
}

static void what_cannot_be_carried(void)
{
	struct format f = { .colours = true };
	CHECK_STR(written_by(&f, "%r %p %{/model} %{tier}", "nonsense\xff"), "\x1b[31mnot-json\x1b[0m - - NANO\n");
	CHECK_STR(written_by(&f, "%{data}", "nonsense\xff"), "nonsense?\n");
}

static bool selects(size_t n, const char **filters)
{
	struct look l = { .filters = { filters, n } };
	struct err e;
	struct view v = view_of(DATA);
	CHECK_INT(look_init(&l, NULL, -1, &e), 0);
	bool selected = look_selects(&l, &v);
	look_free(&l);
	return selected;
}

#define SELECTS(...) selects(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *), (const char *[]){ __VA_ARGS__ })

static void every_filter_must_hold(void)
{
	CHECK(selects(0, NULL));
	CHECK(SELECTS("tier=MINI"));
	CHECK(!SELECTS("tier=NANO"));
	CHECK(SELECTS("tier=MINI", "source=host-0", "/usage/input_tokens=1200"));
	CHECK(!SELECTS("tier=MINI", "source=host-1"));
	CHECK(SELECTS("empty="));
	CHECK(!SELECTS("nothing="));
	CHECK(!SELECTS("nothing=-"));
	CHECK(!SELECTS("tier=MIN"));
}

static void filters_are_names_and_values(void)
{
	static const char *const bad[] = { "tier", "=MINI", "" };
	for (size_t i = 0; i < 3; i++) {
		const char *v[] = { bad[i] };
		struct look l = { .filters = { v, 1 } };
		struct err e;
		CHECK_INT(look_init(&l, NULL, -1, &e), -1);
		CHECK_INT(e.status, ROS_USAGE);
		look_free(&l);
	}
}

static void without_a_terminal_and_a_format_it_is_the_envelope(void)
{
	struct look l = { 0 };
	struct view v = view_of("{}");
	struct err e;
	CHECK_INT(look_init(&l, NULL, -1, &e), 0);
	buf_clear(&out);
	look_write(&l, &v, &out);
	CHECK_STR(buf_view(&out), "{\"stream\":\"ros:insights\",\"id\":\"1769608800123-7\",\"type\":\"ai.invocation.completed\",\"deliveries\":3,"
	                          "\"source\":\"host-0\",\"event\":{}}\n");
	look_free(&l);
}

int main(void)
{
	reader = json_reader_new(JSON_EVENT_LIMITS);
	buf_init(&out, 1 << 20);
	RUN(directives);
	RUN(escapes_and_the_end_of_the_line);
	RUN(names_are_members_then_fields);
	RUN(values_stay_on_their_line);
	RUN(widths_count_characters);
	RUN(mistakes_are_named_by_their_place);
	RUN(colours);
	RUN(what_cannot_be_carried);
	RUN(every_filter_must_hold);
	RUN(filters_are_names_and_values);
	RUN(without_a_terminal_and_a_format_it_is_the_envelope);
	buf_free(&out);
	json_reader_free(reader);
	return unit_done();
}
