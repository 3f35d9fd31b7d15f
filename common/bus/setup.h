/*
 * Which bus: option, else ROS_BUS, else REDIS_URL, else the embedded file bus under the state directory, so that all works with no
 * server. A tool puts the option lines into its table and opens the bus with what came of them.
 */
#ifndef ROS_BUS_SETUP_H
#define ROS_BUS_SETUP_H

#include "base/buf.h"
#include "base/err.h"
#include "bus/bus.h"
#include "io/config.h"
#include "io/options.h"

#include <stdbool.h>
#include <stdint.h>

struct bus_setup {
	const char *url; /* NULL: not given by option or ROS_BUS */
	const char *stream, *group;
	int64_t timeout_ms;
	struct bus_settings settings;    /* what the bus was opened with */
	struct buf url_text, dead, password; /* what settings points to, where nobody else owns it */
};

#define BUS_SETUP_DEFAULTS { .stream = "ros:insights", .group = "ros:insights-workers", .timeout_ms = 5000 }

#define BUS_OPTIONS(s) \
	{ "bus", 'b', OPTION_TEXT, &(s)->url, "URL", "bus: redis://, rediss://, unix:// or file:// (default: a file in the state directory)", \
	  "ROS_BUS", 0, 0, NULL }, \
	{ "stream", 0, OPTION_TEXT, &(s)->stream, "NAME", "stream of events (default ros:insights)", "INSIGHTS_STREAM_NAME", \
	  0, 0, NULL }, \
	{ "timeout", 0, OPTION_INT, &(s)->timeout_ms, "MS", "longest wait for the bus (default 5000)", "INSIGHTS_EMIT_TIMEOUT_MS", \
	  1, 3600000, NULL }

#define BUS_GROUP_OPTION(s) \
	{ "group", 'g', OPTION_TEXT, &(s)->group, "NAME", "consumer group (default ros:insights-workers)", "INSIGHTS_CONSUMER_GROUP", \
	  0, 0, NULL }

/*
 * Settles where the bus is: fills s->settings. The dead letters are the stream's name and ":dead"; a password that is not in the URL
 * comes from the file that ROS_REDIS_PASSWORD_FILE names, which only its owner may read. The process leaves no core dump from here on, and what a URL
 * that was given has of user and password is overwritten where it was given. Names with white space are refused, since ack lines could not carry them:
 * ROS_USAGE where an option gave them, ROS_CONFIG where a variable did. So is a URL that is none (ROS_CONFIG). `c` must outlive the
 * settings. After a failure, too, bus_setup_free() is due.
 */
int bus_setup_settle(struct bus_setup *s, struct config *c, struct err *e);

/* bus_setup_settle() and bus_open(). */
int bus_setup_open(struct bus_setup *s, struct config *c, struct bus **b, struct err *e);

/* After bus_setup_settle(): whether what goes to the bus can be read on its way: plain TCP to another host. */
bool bus_setup_exposed(const struct bus_setup *s);

/* What a tool says, once a run, when it carries LIVE over such a bus. */
#define BUS_EXPOSED "LIVE events go over the network in clear: a bus with TLS has a URL that starts with rediss://"

/* After bus_close(): the settings are kept by reference. Wipes the password. */
void bus_setup_free(struct bus_setup *s);

#endif
