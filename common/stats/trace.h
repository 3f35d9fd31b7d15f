/*
 * Who read what, and when: two JSON lines an access in a log of the operator's choice, for 45 CFR 164.312(b). A tool that reads records or the
 * stream writes the first before it reads, and what cannot be logged is not read.
 *
 *     {"event":"begin","access":UUID,"time":..,"uid":..,"user":..,"login_uid":..,"host":..,"pid":..,
 *      "tool":..,"version":..,"command":[..],"filter":{..}}
 *     {"event":"end","access":UUID,"time":..,"tool":..,"pid":..,"rows":..,"status":..}
 */
#ifndef ROS_STATS_TRACE_H
#define ROS_STATS_TRACE_H

#include "base/err.h"
#include "base/uuid.h"
#include "io/tool.h"

#include <stdint.h>

#define TRACE_ROWS_UNKNOWN (-1)

struct trace {
	const char *file; /* NULL: nothing is logged */
	int fd;
	char access[UUID_TEXT];
};

#define TRACE_DEFAULTS { .fd = -1 }

#define TRACE_OPTION(a) \
	{ "audit-log", 0, OPTION_TEXT, &(a)->file, "FILE", "append to the file who reads what, and when", "ROS_AUDIT_LOG", 0, 0, NULL }

/*
 * Opens the log, made with mode 0600 where it is missing, and appends the first line, which is on the disk when this returns. A symbolic link is
 * an error, as is whatever stands in the way (ROS_IO): then nothing may be read. The filter is what the options say of runs, projects,
 * tenants, modes, tiers and times, the command are the operands: call it when the tool has checked both, so that they are what they claim.
 */
int trace_begin(struct trace *trace, const struct tool *t, struct err *e);

/*
 * Flushes stdout and appends the last line, if there was a first: the rows that were read (TRACE_ROWS_UNKNOWN: null) and the exit status,
 * which is the given one, or ROS_IO where output was lost. Returns the status, ROS_IO where the line could not be written, which is said.
 */
int trace_end(struct trace *trace, struct tool *t, int64_t rows, int status);

#endif
