/* The arithmetic of a server's plan at both ends of what can be asked for; versions against the list; checks that no server here can be made to fail. */
#include "posture/formats.h"
#include "posture/vulnerable.h"

#include "../lib/unit.h"

#include <stdlib.h>

static struct plan_needs needs(int64_t events, int64_t bytes, int64_t days, int64_t replicas)
{
	struct plan_needs n = PLAN_NEEDS_DEFAULTS;
	n.events_per_day = events;
	n.event_bytes = bytes;
	n.retention_days = days;
	n.replicas = replicas;
	n.stream = "s";
	n.group = "g";
	n.dead = "s:dead";
	return n;
}

static struct plan made(struct plan_needs n)
{
	struct plan p = { 0 };
	struct err e;
	CHECK_INT(plan_make(&p, &n, &e), 0);
	return p;
}

static const char *value(const struct plan_lines *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return l->v[i].value;
	return "absent";
}

static void sizes_follow_from_what_is_asked(void)
{
	struct plan p = made(needs(1000, 1360, 10, 0));
	CHECK_INT(p.entries, 10000);
	CHECK_INT(p.max_len, 20000);
	CHECK_INT(p.entry_bytes, 2500);
	CHECK_INT(p.maxmemory, 124 << 20); /* 20,000 x 2500 x 5/4 = 59.6 MiB, and 64 */
	CHECK_INT(p.host_memory, 248 << 20);
	CHECK_STR(str_of(value(&p.settings, "maxmemory")), "124mb");
	CHECK_STR(str_of(value(&p.variables, "INSIGHTS_MAX_LEN")), "20000");
}

static void an_entry_is_never_planned_smaller_than_it_was_measured(void)
{
	static const struct {
		int64_t data, taken; /* MEMORY USAGE on Redis 7.0.15, by the entry */
	} measured[] = { { 200, 549 }, { 1000, 1462 }, { 1500, 2187 }, { 2500, 3345 }, { 4000, 5393 }, { 8000, 10521 }, { 16000, 20768 }, { 65000, 65885 } };
	for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
		struct plan p = made(needs(1, measured[i].data, 1, 0));
		CHECK(p.entry_bytes >= measured[i].taken);
	}
}

static void the_largest_fits_in_64_bits_and_the_smallest_is_no_zero(void)
{
	struct plan p = made(needs(1000000000, 1 << 20, 365, 16));
	CHECK(p.maxmemory > p.max_len * p.entry_bytes);
	CHECK(p.host_memory > p.maxmemory);
	p = made(needs(1, 1, 1, 0));
	CHECK_INT(p.max_len, 2);
	CHECK_INT(p.maxmemory, 65 << 20);
}

static void check_batch(int64_t events, const char *want)
{
	struct plan p = made(needs(events, 1, 1, 0));
	CHECK_STR(str_of(value(&p.variables, "INSIGHTS_BATCH_SIZE")), want);
}

static void a_batch_is_a_second_of_a_burst_within_bounds(void)
{
	check_batch(1, "100");
	check_batch(4320000, "500");
	check_batch(1000000000, "1000");
}

static void replicas_bring_their_settings_and_their_user(void)
{
	struct plan none = made(needs(1, 1, 1, 0)), one = made(needs(1, 1, 1, 1)), three = made(needs(1, 1, 1, 3));
	CHECK_INT(none.n_users, 5);
	CHECK_STR(str_of(value(&none.settings, "min-replicas-to-write")), "0");
	CHECK_STR(str_of(value(&none.settings, "tls-replication")), "absent");
	CHECK_INT(three.n_users, 6);
	CHECK_STR(str_of(value(&three.settings, "min-replicas-to-write")), "2");
	CHECK_STR(str_of(value(&three.settings, "tls-replication")), "yes");
	CHECK_STR(str_of(value(&one.settings, "min-replicas-to-write")), "1");
}

static void names_stand_in_the_rules_and_a_pattern_is_refused(void)
{
	struct plan_needs n = needs(1, 1, 1, 0);
	struct plan p = made(n);
	struct err e;
	CHECK_STR(str_of(p.users[0].rules), "~s +xadd +xlen +xpending (%R~s:dead +xlen)");
	n.db = 3;
	p = made(n);
	CHECK_STR(str_of(p.users[0].rules), "~s +xadd +xlen +xpending (%R~s:dead +xlen) +select");
	n.stream = "s)";
	CHECK_INT(plan_make(&p, &n, &e), -1);
	CHECK_INT(e.status, ROS_CONFIG);
}

static void each_form_has_a_name(void)
{
	CHECK(plan_format("json") == plan_json);
	CHECK(plan_format("redis.conf") == plan_conf);
	CHECK(plan_format("acl") == plan_acl);
	CHECK(plan_format("compose") == plan_compose);
	CHECK(plan_format("yaml") == NULL);
}

static void a_version_is_three_numbers(void)
{
	CHECK(version_number(STR("7.0.15")) < version_number(STR("7.2.0")));
	CHECK(version_number(STR("7.9.9")) < version_number(STR("10.0.0")));
	CHECK_INT(version_number(STR("7.0")), -1);
	CHECK_INT(version_number(STR("7.0.15.1")), -1);
	CHECK_INT(version_number(STR("7.0.x")), -1);
	CHECK_INT(version_number((struct str){ NULL, 0 }), -1);
}

static void check_version(const char *version, enum check_state want, enum severity worst, const char *named)
{
	struct buf evidence;
	enum severity severity = SEVERITY_NOTE;
	buf_init(&evidence, 4096);
	CHECK_INT(vulnerable(str_of(version), &evidence, &severity), want);
	CHECK_INT(severity, worst);
	CHECK(strstr(buf_cstr(&evidence), named) != NULL);
	buf_free(&evidence);
}

static void versions_against_the_list(void)
{
	check_version("7.2.10", CHECK_FOUND, SEVERITY_CRITICAL, "CVE-2025-49844 (critical)");
	check_version("7.2.11", CHECK_FOUND, SEVERITY_HIGH, "CVE-2026-23479 (high)");
	check_version("7.2.14", CHECK_PASSED, SEVERITY_NOTE, "none");
	check_version("7.0.14", CHECK_FOUND, SEVERITY_CRITICAL, "CVE-2023-41056"); /* a line that ends: what its last version lacks, it has */
	check_version("8.4.2", CHECK_FOUND, SEVERITY_HIGH, "CVE-2026-25243");
	check_version("8.4.3", CHECK_PASSED, SEVERITY_NOTE, "none");
	check_version("9.0.0", CHECK_PASSED, SEVERITY_NOTE, "none");
	check_version("7.0.15", CHECK_UNSEEN, SEVERITY_NOTE, "cannot be told: Debian 12 mends it");
}

/* A reply of one text, or of a list of them. */
static struct reply reply_of(const char *const *texts, size_t n, bool list)
{
	struct reply r;
	reply_init(&r);
	r.v = calloc(n + 1, sizeof *r.v);
	r.cap = n + 1;
	if (list)
		r.v[r.n++] = (struct reply_value){ .type = REPLY_LIST, .number = (int64_t)n };
	for (size_t i = 0; i < n; i++) {
		r.v[r.n++] = (struct reply_value){ .type = REPLY_TEXT, .at = r.text.n, .n = strlen(texts[i]) };
		buf_z(&r.text, texts[i]);
	}
	return r;
}

static enum check_state state_of(const struct posture *p, const char *id)
{
	struct audit a;
	enum check_state state = CHECK_UNSEEN;
	audit_run(&a, p);
	for (size_t i = 0; i < a.n; i++)
		if (strcmp(a.v[i].check->id, id) == 0)
			state = a.v[i].state;
	audit_free(&a);
	return state;
}

static void check_transport(const char *url, enum check_state want)
{
	struct posture p = { .group = "g" };
	struct err e;
	CHECK_INT(url_parse(url, &p.url, &e), 0);
	CHECK_INT(state_of(&p, "transport"), want);
	url_free(&p.url);
}

static void only_plain_tcp_to_another_host_is_a_finding(void)
{
	check_transport("redis://redis.example", CHECK_FOUND);
	check_transport("redis://10.0.0.1:6379", CHECK_FOUND);
	check_transport("rediss://redis.example", CHECK_PASSED);
	check_transport("redis://localhost", CHECK_PASSED);
	check_transport("redis://127.0.0.2", CHECK_PASSED);
	check_transport("redis://[::1]", CHECK_PASSED);
	check_transport("unix:///run/redis.sock", CHECK_PASSED);
}

static void check_info(const char *info, const char *id, enum check_state want)
{
	static const char *const config[] = { "save", "3600 1" };
	struct posture p = { .url.scheme = URL_UNIX, .group = "g", .now_ms = INT64_C(200000000), .info = reply_of(&info, 1, false),
		.config = reply_of(config, 2, true) };
	CHECK_INT(state_of(&p, id), want);
	reply_free(&p.info);
	reply_free(&p.config);
}

static void what_info_says(void)
{
	check_info("redis_version:6.2.14\r\n", "version", CHECK_FOUND);
	check_info("redis_version:7.0.0\r\n", "version", CHECK_PASSED);
	check_info("redis_version:7.2.4\r\nserver_name:valkey\r\n", "vulnerabilities", CHECK_UNSEEN);
	check_info("rdb_last_save_time:100000\r\nrdb_changes_since_last_save:1\r\n", "backup", CHECK_FOUND); /* 100,000 s before */
	check_info("rdb_last_save_time:100000\r\nrdb_changes_since_last_save:0\r\n", "backup", CHECK_PASSED);
	check_info("rdb_last_save_time:199999\r\nrdb_changes_since_last_save:1\r\n", "backup", CHECK_PASSED);
}

int main(void)
{
	RUN(sizes_follow_from_what_is_asked);
	RUN(an_entry_is_never_planned_smaller_than_it_was_measured);
	RUN(the_largest_fits_in_64_bits_and_the_smallest_is_no_zero);
	RUN(a_batch_is_a_second_of_a_burst_within_bounds);
	RUN(replicas_bring_their_settings_and_their_user);
	RUN(names_stand_in_the_rules_and_a_pattern_is_refused);
	RUN(each_form_has_a_name);
	RUN(a_version_is_three_numbers);
	RUN(versions_against_the_list);
	RUN(only_plain_tcp_to_another_host_is_a_finding);
	RUN(what_info_says);
	return unit_done();
}
