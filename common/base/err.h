/* Errors: one value that says what went wrong and which exit status it comes to. */
#ifndef ROS_BASE_ERR_H
#define ROS_BASE_ERR_H

/* The exit statuses of every tool (ros(7), EXIT STATUS); sysexits.h has the numbers. */
enum ros_status {
	ROS_DONE = 0,         /* done */
	ROS_REFUSED = 1,      /* done, but some input was refused, or the asked condition is false */
	ROS_USAGE = 64,       /* unusable command line */
	ROS_INPUT = 65,       /* input unusable as a whole */
	ROS_UNREACHABLE = 69, /* service unreachable */
	ROS_BUG = 70,         /* a bug of ours */
	ROS_IO = 74,          /* input or output failed */
	ROS_LATER = 75,       /* try again later */
	ROS_VERSION = 76,     /* version not understood */
	ROS_CONFIG = 78,      /* configuration */
};

struct err {
	enum ros_status status;
	char text[512]; /* lower case, no full stop, never event content */
};

/*
 * Fills *e (which may be NULL) from a printf format; a longer text is cut. Control characters in the text are masked
 * with '?'. Always returns -1, so that a function can end with `return err_set(e, ROS_IO, ...)`.
 */
int err_set(struct err *e, enum ros_status status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and the text of errno at the end. */
int err_sys(struct err *e, enum ros_status status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* str_mask() of a text that ends in NUL. */
void err_mask(char *text);

#endif
