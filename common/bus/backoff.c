/* See the header. */
#include "bus/backoff.h"

#include "base/uuid.h"

#include <stdint.h>
#include <string.h>

#define FIRST_MS 50
#define LONGEST_MS 10000

bool backoff_helps(const struct err *e)
{
	return e->status == ROS_UNREACHABLE || e->status == ROS_LATER;
}

int backoff_next(struct backoff *b)
{
	struct uuid random = uuid_random();
	uint32_t r;
	memcpy(&r, random.b, sizeof r);
	int most = b->tries < 8 ? FIRST_MS << b->tries : LONGEST_MS;
	b->tries++;
	return (int)(r % (uint32_t)((most < LONGEST_MS ? most : LONGEST_MS) + 1));
}

void backoff_reset(struct backoff *b)
{
	b->tries = 0;
}
