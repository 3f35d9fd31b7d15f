/* Which database: option, else ROS_DB, else ros.db in the state directory. A tool puts the option lines into its table. */
#ifndef ROS_STORE_SETUP_H
#define ROS_STORE_SETUP_H

#include "base/buf.h"
#include "base/err.h"
#include "io/config.h"
#include "io/options.h"

#include <stdint.h>

struct store_setup {
	const char *file; /* NULL: not given by option or ROS_DB */
	int64_t wait_s;   /* longest wait for another writer */
	struct buf path;  /* what came of it */
};

#define STORE_SETUP_DEFAULTS { .wait_s = 30 }

#define STORE_OPTIONS(s) \
	{ "db", 'd', OPTION_TEXT, &(s)->file, "FILE", "database (default: ros.db in the state directory)", "ROS_DB", 0, 0, NULL }, \
	{ "wait", 0, OPTION_INT, &(s)->wait_s, "S", "longest wait for another writer, in seconds (default 30)", NULL, 0, 86400, NULL }

/* Settles the path; in the end store_setup_free() is due. *path lives as long. */
int store_setup_path(struct store_setup *s, struct config *c, const char **path, struct err *e);
void store_setup_free(struct store_setup *s);

/* wait_s as db_open() takes it. */
int store_setup_busy_ms(const struct store_setup *s);

#endif
