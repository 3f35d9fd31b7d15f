/* Which form of a plan has which name. */
#include "posture/formats.h"

#include <string.h>

plan_render_fn *plan_format(const char *name)
{
	static const struct {
		const char *name;
		plan_render_fn *render;
	} formats[] = {
		{ "json", plan_json },
		{ "redis.conf", plan_conf },
		{ "acl", plan_acl },
		{ "compose", plan_compose },
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].render;
	return NULL;
}
