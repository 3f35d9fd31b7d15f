/* UUIDs. */
#include "base/uuid.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>
#include <sys/random.h>

const struct uuid uuid_ros = {
	{ 0x78, 0xc8, 0xd0, 0x5a, 0x8b, 0x6e, 0x53, 0x2a, 0x98, 0x16, 0x70, 0xea, 0x18, 0x85, 0x98, 0x82 },
};

static bool is_dash(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_parse(struct str s, struct uuid *u)
{
	if (s.n != UUID_TEXT - 1)
		return false;
	uint8_t *to = u->b;
	for (size_t i = 0; i < s.n;) {
		if (is_dash(i)) {
			if (s.p[i++] != '-')
				return false;
			continue;
		}
		int high = hex_value(s.p[i]), low = hex_value(s.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		*to++ = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return true;
}

void uuid_format(const struct uuid *u, char out[UUID_TEXT])
{
	const uint8_t *from = u->b;
	for (size_t i = 0; i < UUID_TEXT - 1;) {
		if (is_dash(i)) {
			out[i++] = '-';
			continue;
		}
		out[i++] = "0123456789abcdef"[*from >> 4];
		out[i++] = "0123456789abcdef"[*from++ & 15];
	}
	out[UUID_TEXT - 1] = '\0';
}

/* RFC 9562, sections 4.1 and 4.2. */
static void set_version(struct uuid *u, unsigned version)
{
	u->b[6] = (uint8_t)((u->b[6] & 0x0f) | version << 4);
	u->b[8] = (u->b[8] & 0x3f) | 0x80;
}

struct uuid uuid_random(void)
{
	struct uuid u;
	if (getrandom(u.b, sizeof u.b, 0) != sizeof u.b)
		mem_fatal("no random bytes from the kernel");
	set_version(&u, 4);
	return u;
}

struct uuid uuid_named(const struct uuid *space, struct str name)
{
	struct sha1 h = sha1_of((struct str){ (const char *)space->b, sizeof space->b }, name);
	struct uuid u;
	memcpy(u.b, h.b, sizeof u.b);
	set_version(&u, 5);
	return u;
}
