/* Commands that a report tells its readers. */
#ifndef ROS_REPORT_COMMAND_H
#define ROS_REPORT_COMMAND_H

#include "base/buf.h"
#include "report/model.h"

/*
 * Appends the options that narrow a tool down to the scope, with these bounds of its period where it has some: " --run ... --mode LIVE". A tenant that a shell would
 * not take as it is stands as NAME.
 */
void command_scope(struct buf *out, const struct report_scope *s, int64_t from_ms, int64_t to_ms, const char *mode);

/* "TOOL --run ... --mode LIVE": the tool on the calls of a mode that the report is on. */
void command_tool(struct buf *out, const char *tool, const struct report *r, const char *mode);

#endif
