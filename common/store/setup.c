/* Where the database is. */
#include "store/setup.h"

#define PATH_TEXT_MAX ((size_t)1 << 16)

int store_setup_path(struct store_setup *s, struct config *c, const char **path, struct err *e)
{
	const char *dir;
	buf_init(&s->path, PATH_TEXT_MAX);
	if (s->file) {
		buf_z(&s->path, s->file);
	} else {
		if (config_state_dir(c, &dir, e) < 0)
			return -1;
		buf_fmt(&s->path, "%s/ros.db", dir);
	}
	*path = buf_cstr(&s->path);
	return 0;
}

void store_setup_free(struct store_setup *s)
{
	buf_free(&s->path);
}

int store_setup_busy_ms(const struct store_setup *s)
{
	return (int)(s->wait_s * 1000);
}
