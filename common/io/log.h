/*
 * Messages for people, on stderr: `ros-emit: cannot reach redis://host:6379: connection refused`. Control characters are
 * masked, event content never comes here. As JSON lines where asked: {"time":..,"tool":..,"level":..,"message":..}.
 */
#ifndef ROS_IO_LOG_H
#define ROS_IO_LOG_H

#include "base/err.h"

#include <stdbool.h>

struct log {
	const char *tool;
	int fd;       /* where messages go, normally 2 */
	bool json;    /* --log-format json */
	bool quiet;   /* errors only */
	bool verbose; /* notes as well */
};

/* One message is one write(2), so that tools in a pipe do not mix their lines. Failures to write are ignored. */
void log_error(const struct log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const struct log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_note(const struct log *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
