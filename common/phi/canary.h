/*
 * Canaries: a made-up identifier for each of the letters A to R, which do not come from the rules: a scanner that lost
 * a rule, or a way on which nothing is looked at, is found out by them.
 */
#ifndef ROS_PHI_CANARY_H
#define ROS_PHI_CANARY_H

#include "phi/line.h"

struct phi_canary {
	char letter;
	const char *text;
};

#define PHI_CANARIES 18
extern const struct phi_canary phi_canaries[PHI_CANARIES];

/*
 * Sends each canary through `l`, as a line of text and as a member of a JSON line. The letter of the first that is not
 * found under it, or stands in the redacted line; '\0': all are found.
 */
char phi_canary_missed(struct phi_line *l);

#endif
