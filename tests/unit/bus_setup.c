/* Which bus a tool finds, the consumer's name, and an entry as an envelope line. */
#include "bus/carry.h"
#include "bus/consumer.h"
#include "bus/setup.h"

#include "../lib/unit.h"

#include <ftw.h>
#include <stdlib.h>

static char dir[64];

/* Opens a bus as a tool does, with this environment. */
static int open_with(struct bus_setup *s, char **environment, struct config **c, struct bus **b, struct err *e)
{
	*b = NULL;
	*c = NULL;
	return config_open(c, environment, e) ? -1 : bus_setup_open(s, *c, b, e);
}

static void close_all(struct bus_setup *s, struct config *c, struct bus *b)
{
	bus_close(b);
	bus_setup_free(s);
	config_close(c);
}

static char *setting(const char *name, const char *leaf)
{
	char *text = NULL;
	CHECK(asprintf(&text, "%s=%s%s", name, dir, leaf) > 0);
	return text;
}

static void test_default_is_a_file_in_the_state_directory(void)
{
	struct bus_setup s = BUS_SETUP_DEFAULTS;
	struct config *c;
	struct bus *b;
	struct err e = { 0 };
	char *environment[] = { setting("ROS_STATE_DIR", "/state"), setting("HOME", ""), NULL };
	char want[128];
	snprintf(want, sizeof want, "file://%s/state/bus.db", dir);
	CHECK_INT(open_with(&s, environment, &c, &b, &e), 0);
	CHECK_STR(str_of(s.settings.url), want);
	CHECK_STR(str_of(s.settings.dead), "ros:insights:dead");
	CHECK_STR(str_of(s.settings.group), "ros:insights-workers");
	CHECK_INT(s.settings.timeout_ms, 5000);
	close_all(&s, c, b);
	free(environment[0]);
	free(environment[1]);
}

static void test_given_url_goes_before_redis_url(void)
{
	struct config *c;
	struct bus *b;
	struct err e = { 0 };
	char redis_url[] = "REDIS_URL=unix:///nowhere/r.sock";
	char *environment[] = { redis_url, setting("HOME", ""), NULL };
	struct bus_setup by_variable = BUS_SETUP_DEFAULTS;
	CHECK_INT(open_with(&by_variable, environment, &c, &b, &e), -1);
	CHECK_INT(e.status, ROS_UNREACHABLE);
	CHECK_STR(str_of(by_variable.settings.url), "unix:///nowhere/r.sock");
	close_all(&by_variable, c, b);

	struct bus_setup by_option = BUS_SETUP_DEFAULTS;
	char url[128];
	snprintf(url, sizeof url, "file://%s/other.db", dir);
	by_option.url = url;
	CHECK_INT(open_with(&by_option, environment, &c, &b, &e), 0);
	CHECK_STR(str_of(by_option.settings.url), url);
	close_all(&by_option, c, b);
	free(environment[1]);
}

static void test_names_that_ack_lines_cannot_carry(void)
{
	static const char *const bad[] = { "", "a b", "a\tb", "a\n", "\xff", "a\x7f" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *environment[] = { setting("ROS_STATE_DIR", "/state"), NULL };
		struct config *c;
		struct bus *b;
		struct err e = { 0 };
		struct bus_setup stream = BUS_SETUP_DEFAULTS, group = BUS_SETUP_DEFAULTS;
		stream.stream = group.group = bad[i];
		CHECK_INT(open_with(&stream, environment, &c, &b, &e), -1);
		CHECK_INT(e.status, ROS_USAGE);
		CHECK(str_starts(str_of(e.text), "--stream: '"));
		close_all(&stream, c, b);
		CHECK_INT(open_with(&group, environment, &c, &b, &e), -1);
		CHECK_INT(e.status, ROS_USAGE);
		CHECK(str_starts(str_of(e.text), "--group: '"));
		close_all(&group, c, b);
		free(environment[0]);
	}
}

static void test_bad_names_of_variables(void)
{
	char stream_name[] = "INSIGHTS_STREAM_NAME=a b", group_name[] = "INSIGHTS_CONSUMER_GROUP=c d";
	char *environment[] = { setting("ROS_STATE_DIR", "/state"), stream_name, group_name, NULL };
	struct config *c;
	struct bus *b;
	struct err e = { 0 };
	struct bus_setup stream = BUS_SETUP_DEFAULTS, group = BUS_SETUP_DEFAULTS;
	stream.stream = stream_name + strlen("INSIGHTS_STREAM_NAME=");
	CHECK_INT(open_with(&stream, environment, &c, &b, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK_STR(str_of(e.text), "INSIGHTS_STREAM_NAME: 'a b' is not a name of 1 to 255 bytes without white space");
	close_all(&stream, c, b);
	group.group = group_name + strlen("INSIGHTS_CONSUMER_GROUP=");
	CHECK_INT(open_with(&group, environment, &c, &b, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
	CHECK_STR(str_of(e.text), "INSIGHTS_CONSUMER_GROUP: 'c d' is not a name of 1 to 255 bytes without white space");
	close_all(&group, c, b);
	free(environment[0]);
}

static void test_what_a_given_url_has_of_a_password_is_hidden_where_it_was_given(void)
{
	struct bus_setup s = BUS_SETUP_DEFAULTS;
	struct config *c;
	char url[] = "rediss://alice:s3:cr@t@host:1/2";
	char *environment[] = { setting("ROS_STATE_DIR", "/state"), NULL };
	s.url = url;
	CHECK_INT(config_open(&c, environment, NULL), 0);
	CHECK_INT(bus_setup_settle(&s, c, NULL), 0);
	CHECK_STR(str_of(url), "rediss://*************@host:1/2");
	CHECK_STR(str_of(s.settings.url), "rediss://alice:s3:cr@t@host:1/2");
	close_all(&s, c, NULL);
	free(environment[0]);
}

static void test_plain_tcp_to_another_host_is_exposed(void)
{
	static const struct {
		const char *url;
		bool exposed;
	} cases[] = { { "redis://h", true }, { "redis://128.0.0.1", true }, { "redis://[::2]:1", true }, { "redis://", false }, { "redis://localhost:1", false },
		      { "redis://127.3.2.1", false }, { "redis://[::1]", false }, { "rediss://h", false }, { "unix:///s", false }, { "file:///f", false } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bus_setup s = { .settings.url = cases[i].url };
		CHECK_INT(bus_setup_exposed(&s), cases[i].exposed);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void test_password_is_the_first_line_of_its_file(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = { { "s3 cret\n", "s3 cret" }, { "s3cret", "s3cret" }, { "s3cret\r\nmore\n", "s3cret" }, { "\nmore", NULL }, { "", NULL } };
	char path[128];
	snprintf(path, sizeof path, "%s/password", dir);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_file(path, cases[i].text);
		CHECK_INT(chmod(path, 0600), 0);
		char *environment[] = { setting("ROS_STATE_DIR", "/state"), setting("ROS_REDIS_PASSWORD_FILE", "/password"), NULL };
		struct bus_setup s = BUS_SETUP_DEFAULTS;
		struct config *c;
		struct bus *b;
		struct err e = { 0 };
		CHECK_INT(open_with(&s, environment, &c, &b, &e), cases[i].want ? 0 : -1);
		if (cases[i].want)
			CHECK_STR(str_of(s.settings.password), cases[i].want);
		else
			CHECK_INT(e.status, ROS_CONFIG);
		close_all(&s, c, b);
		free(environment[0]);
		free(environment[1]);
	}
}

static void test_consumers_of_a_host_take_the_lowest_free_number(void)
{
	struct consumer a, b, again;
	struct err e = { 0 };
	CHECK_INT(consumer_take(&a, dir, NULL, &e), 0);
	CHECK_INT(consumer_take(&b, dir, NULL, &e), 0);
	CHECK(strcmp(a.name + strlen(a.name) - 2, "-1") == 0);
	CHECK(strcmp(b.name + strlen(b.name) - 2, "-2") == 0);
	consumer_release(&a);
	CHECK_INT(consumer_take(&again, dir, NULL, &e), 0);
	CHECK_STR(str_of(again.name), a.name);
	consumer_release(&again);
	consumer_release(&b);
}

static void test_a_consumer_name_is_held_by_one(void)
{
	struct consumer a, b;
	struct err e = { 0 };
	CHECK_INT(consumer_take(&a, dir, "me", &e), 0);
	CHECK_INT(consumer_take(&b, dir, "me", &e), -1);
	CHECK_INT(e.status, ROS_LATER);
	consumer_release(&b);
	consumer_release(&a);
	CHECK_INT(consumer_take(&b, dir, "me", &e), 0);
	consumer_release(&b);
}

static void test_consumer_names_that_are_no_plain_names(void)
{
	char longest[512] = "";
	memset(longest, 'x', sizeof longest - 1);
	const char *bad[] = { "", "a/b", "a b", "a\nb", "\xff", longest };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct consumer c;
		struct err e = { 0 };
		CHECK_INT(consumer_take(&c, dir, bad[i], &e), -1);
		CHECK_INT(e.status, ROS_CONFIG);
	}
}

static void test_consumer_without_a_directory_for_its_lock(void)
{
	struct consumer c;
	struct err e = { 0 };
	CHECK_INT(consumer_take(&c, "/nowhere/at/all", "me", &e), -1);
	CHECK_INT(e.status, ROS_IO);
}

/* The envelope line of an entry with these fields. */
static void check_carried(const struct entry_field *fields, size_t n, const char *want)
{
	struct json_reader *r = json_reader_new(JSON_EVENT_LIMITS);
	struct bus_entry entry = { .id = STR("1-0"), .fields = fields, .n_fields = n, .deliveries = 2 };
	struct envelope env = { .stream = STR("s"), .group = STR("g") };
	struct buf line;
	buf_init(&line, (size_t)4 << 20);
	const struct json *event = carry_entry(r, &entry, &env);
	CHECK((event == NULL) == (env.refused.p != NULL));
	carry_write(&line, &env, event);
	CHECK_STR(buf_view(&line), want);
	buf_free(&line);
	json_reader_free(r);
}

static void test_carried_entry(void)
{
	struct entry_field fields[] = {
		{ STR("type"), STR("t") }, { STR("data"), STR(" {\"a\":\n1} ") }, { STR("source"), STR("host-0") }, { STR("sequence"), STR("42") },
	};
	check_carried(fields, 2, "{\"stream\":\"s\",\"group\":\"g\",\"id\":\"1-0\",\"type\":\"t\",\"deliveries\":2,\"event\":{\"a\": 1}}\n");
	check_carried(fields, 4, "{\"stream\":\"s\",\"group\":\"g\",\"id\":\"1-0\",\"type\":\"t\",\"deliveries\":2,\"source\":\"host-0\","
	                         "\"sequence\":42,\"event\":{\"a\": 1}}\n");
}

static void test_fields_from_elsewhere_count_as_absent(void)
{
	struct entry_field fields[] = {
		{ STR("type"), STR("\xff") }, { STR("source"), STR("\xc0\x80") }, { STR("sequence"), STR("-1") }, { STR("data"), STR("{}") },
	};
	check_carried(fields, 4, "{\"stream\":\"s\",\"group\":\"g\",\"id\":\"1-0\",\"deliveries\":2,\"event\":{}}\n");
}

static void check_refused(struct str data, const char *token)
{
	struct entry_field fields[] = { { data.p ? STR("data") : STR("other"), data.p ? data : STR("x") } };
	char want[160];
	snprintf(want, sizeof want, "{\"stream\":\"s\",\"group\":\"g\",\"id\":\"1-0\",\"deliveries\":2,\"event\":null,\"refused\":\"%s\"}\n", token);
	check_carried(fields, 1, want);
}

static void test_what_cannot_be_carried(void)
{
	static char large[(1 << 20) + 3], deep[200];
	memset(large, ' ', sizeof large);
	large[0] = '1';
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	check_refused((struct str){ 0 }, "no-data");
	check_refused(STR(""), "not-json");
	check_refused(STR("{\"a\":1}x"), "not-json");
	check_refused(STR("{\"a\":1,\"a\":2}"), "not-json");
	check_refused(STR("\"\xff\""), "utf8");
	check_refused((struct str){ large, sizeof large }, "too-large");
	check_refused((struct str){ deep, sizeof deep }, "too-large");
}

static void test_bytes_that_are_no_json_are_not_kept(void)
{
	CHECK_INT(carry_kept(STR("not-json")), BUS_KEEP_DIGEST);
	CHECK_INT(carry_kept(STR("utf8")), BUS_KEEP_DIGEST);
	CHECK_INT(carry_kept(STR("too-large")), BUS_KEEP_DIGEST);
	CHECK_INT(carry_kept(STR("enum")), BUS_KEEP_ALL);
	CHECK_INT(carry_kept(STR("no-data")), BUS_KEEP_ALL);
	CHECK_INT(carry_kept(STR("phi")), BUS_KEEP_NOTHING);
	CHECK_INT(carry_kept(STR("unkeyed-hash")), BUS_KEEP_NOTHING);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

int main(void)
{
	snprintf(dir, sizeof dir, "%s", "/tmp/ros-unit-setup-XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	RUN(test_default_is_a_file_in_the_state_directory);
	RUN(test_given_url_goes_before_redis_url);
	RUN(test_names_that_ack_lines_cannot_carry);
	RUN(test_bad_names_of_variables);
	RUN(test_what_a_given_url_has_of_a_password_is_hidden_where_it_was_given);
	RUN(test_plain_tcp_to_another_host_is_exposed);
	RUN(test_password_is_the_first_line_of_its_file);
	RUN(test_consumers_of_a_host_take_the_lowest_free_number);
	RUN(test_a_consumer_name_is_held_by_one);
	RUN(test_consumer_names_that_are_no_plain_names);
	RUN(test_consumer_without_a_directory_for_its_lock);
	RUN(test_carried_entry);
	RUN(test_fields_from_elsewhere_count_as_absent);
	RUN(test_what_cannot_be_carried);
	RUN(test_bytes_that_are_no_json_are_not_kept);
	CHECK_INT(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	return unit_done();
}
