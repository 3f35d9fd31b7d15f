/* The migrations of migrations/, embedded at build by scripts/embed-migrations. */
#ifndef ROS_STORE_MIGRATIONS_H
#define ROS_STORE_MIGRATIONS_H

#include <stddef.h>

struct migration {
	int version; /* 1, 2, ... without gaps */
	const char *name;
	const char *up, *down; /* SQL */
};

extern const struct migration migrations[];
extern const size_t n_migrations;

#endif
