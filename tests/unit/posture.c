/* The arithmetic of a server's plan, and its forms at both ends of what can be asked for. */
#include "posture/formats.h"

#include "../lib/unit.h"

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
	CHECK_INT(none.n_users, 4);
	CHECK_STR(str_of(value(&none.settings, "min-replicas-to-write")), "0");
	CHECK_STR(str_of(value(&none.settings, "tls-replication")), "absent");
	CHECK_INT(three.n_users, 5);
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

int main(void)
{
	RUN(sizes_follow_from_what_is_asked);
	RUN(an_entry_is_never_planned_smaller_than_it_was_measured);
	RUN(the_largest_fits_in_64_bits_and_the_smallest_is_no_zero);
	RUN(a_batch_is_a_second_of_a_burst_within_bounds);
	RUN(replicas_bring_their_settings_and_their_user);
	RUN(names_stand_in_the_rules_and_a_pattern_is_refused);
	RUN(each_form_has_a_name);
	return unit_done();
}
