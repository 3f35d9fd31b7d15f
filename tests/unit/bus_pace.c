/* How many entries are asked for at a time. */
#include "../lib/unit.h"

#include "bus/pace.h"

static void note(struct pace *p, size_t bytes)
{
	struct entry_field field = { .name = STR("data"), .value = { "", bytes - 4 } };
	pace_note(p, &(struct bus_entry){ .fields = &field, .n_fields = 1 });
}

static void small_entries_double_up_to_the_most(void)
{
	struct pace p = { 0 };
	static const int wanted[] = { 8, 16, 32, 64, 100, 100 };
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		CHECK_INT(pace_next(&p, 100), wanted[i]);
		note(&p, 800);
	}
}

static void large_entries_come_a_few_at_a_time(void)
{
	struct pace p = { 0 };
	pace_next(&p, 1000);
	note(&p, 100);
	note(&p, PACE_BYTES / 4);
	note(&p, 100);
	CHECK_INT(pace_next(&p, 1000), 4);
	note(&p, PACE_BYTES * 2);
	CHECK_INT(pace_next(&p, 1000), 1);
	note(&p, 100);
	CHECK_INT(pace_next(&p, 1000), 2);
}

static void an_idle_bus_starts_anew(void)
{
	struct pace p = { 0 };
	for (int i = 0; i < 10; i++) {
		pace_next(&p, 1000);
		note(&p, 100);
	}
	CHECK_INT(pace_next(&p, 1000), 1000);
	CHECK_INT(pace_next(&p, 1000), 8);
	CHECK_INT(pace_next(&p, 1000), 8);
}

static void never_less_than_one(void)
{
	struct pace p = { 0 };
	CHECK_INT(pace_next(&p, 1), 1);
	CHECK_INT(pace_next(&p, 0), 1);
}

int main(void)
{
	RUN(small_entries_double_up_to_the_most);
	RUN(large_entries_come_a_few_at_a_time);
	RUN(an_idle_bus_starts_anew);
	RUN(never_less_than_one);
	return unit_done();
}
