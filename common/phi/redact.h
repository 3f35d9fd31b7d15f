/* Redaction: findings out of a text. */
#ifndef ROS_PHI_REDACT_H
#define ROS_PHI_REDACT_H

#include "phi/scan.h"

/* Appends the text with each of the findings, which are in the order of their start, replaced by its label in brackets, `[SSN]`; of overlapping ones the first. */
void phi_replace(struct buf *out, struct str text, const struct phi_finding *found, size_t n);

/*
 * Appends the text with every finding replaced. The result is scanned again under the same key, and where it is not clean it is
 * replaced as a whole by `[REDACTED]`. *changed: whether there was a finding. -1: as phi_scan().
 */
int phi_redact(struct phi_scanner *s, struct str key, struct str text, struct buf *out, bool *changed, struct err *e);

#endif
