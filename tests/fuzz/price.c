/* Any bytes as a price map: it is refused in words, or every request that it has prices for costs a sum that is not negative. */
#include "../lib/fuzz.h"

#include "price/map.h"

#include <sys/mman.h>
#include <unistd.h>

static const char *const models[] = { "m", "m-1-x", "long", "ranges", "fee", "dated", "nightly", "half", "gpt-9", "" };
static const int64_t counts[][RATE_KINDS] = { { 1, 0, 0, 1, 0, 1 }, { 300000, 5, 7, 1000, 10, 1 }, { INT64_MAX, 0, 0, INT64_MAX, 0, 1 } };

static void ask(const struct price_map *m, struct str model, const int64_t n[RATE_KINDS])
{
	struct rates rates;
	int64_t nano;
	struct price_query q = { STR("p"), model, 1769601600000, rates_context(n) };
	if (price_map_find(m, &q, &rates) && rates_cost(&rates, n, &nano))
		FUZZ_CHECK(nano >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct price_map *m;
	struct err e;
	int fd = memfd_create("map", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (price_map_open(&m, path, &e) < 0) {
		FUZZ_CHECK(e.status == ROS_INPUT && e.text[0] != '\0');
	} else {
		FUZZ_CHECK(strlen(price_map_digest(m)) == 71);
		for (size_t i = 0; i < sizeof models / sizeof *models; i++)
			for (size_t j = 0; j < sizeof counts / sizeof *counts; j++)
				ask(m, str_of(models[i]), counts[j]);
		price_map_close(m);
	}
	close(fd);
	return 0;
}
