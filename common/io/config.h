/*
 * Settings by name: the environment, then the file $ROS_CONFIG, then ~/.config/ros/config, then /etc/ros/config. The files have
 * KEY=VALUE lines with the environment's names, blank lines and lines that start with #; quotes are not special. Cron has no shell profile.
 */
#ifndef ROS_IO_CONFIG_H
#define ROS_IO_CONFIG_H

#include "base/err.h"

struct config; /* opaque */

/*
 * `environment` is the vector that main() got, kept by reference. A file that is not there is passed over, but for one that $ROS_CONFIG
 * names. Errors (ROS_CONFIG) name file and line, never the value.
 */
int config_open(struct config **c, char **environment, struct err *e);
void config_close(struct config *c); /* NULL is fine */

/* The value, or NULL where it is not set anywhere; an empty value counts as not set. Lives as long as c. */
const char *config_get(const struct config *c, const char *name);

/*
 * The state directory: ROS_STATE_DIR, else $XDG_STATE_HOME/ros, else $HOME/.local/state/ros. It is made where it is missing, mode 0700;
 * *dir is absolute.
 */
int config_state_dir(struct config *c, const char **dir, struct err *e);

#endif
