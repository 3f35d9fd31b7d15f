/* The rules for people: listed and explained. */
#ifndef ROS_PHI_CATALOG_H
#define ROS_PHI_CATALOG_H

#include "base/buf.h"
#include "phi/site.h"

/* What a letter A to R of 45 CFR 164.514(b)(2)(i) stands for; NULL for any other. */
const char *phi_letter_name(char letter);

/* Appends a line for each rule: id, letter, severity, label, what it is about. */
void phi_list(struct buf *out, const struct phi_site *site);

/* Appends what the rule finds and does not find; an example with a tab is a key and its value. */
void phi_explain(struct buf *out, const struct phi_rule *rule);

#endif
