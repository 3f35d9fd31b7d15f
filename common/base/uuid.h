/* UUIDs, RFC 9562. */
#ifndef ROS_BASE_UUID_H
#define ROS_BASE_UUID_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct uuid {
	uint8_t b[16];
};

#define UUID_TEXT 37 /* 36 characters and NUL */

/* The 8-4-4-4-12 form in either case, any version; nothing around it. */
bool uuid_parse(struct str s, struct uuid *u);
void uuid_format(const struct uuid *u, char out[UUID_TEXT]); /* lower case */

/* Version 4, from the kernel's random source. */
struct uuid uuid_random(void);

/* The name space of this suite: uuid_named() of "urn:ros-insights" in that of URLs (RFC 9562, appendix A.4). */
extern const struct uuid uuid_ros;

/* Version 5: SHA-1 of a name within a name space. */
struct uuid uuid_named(const struct uuid *space, struct str name);

#endif
