/*
 * Rules of a site, read at run time: regular expressions (PCRE2) behind keywords. A rule names itself `site.` and more;
 * without one of its keywords in the text, in any case of letters, its expression is not tried. What an expression may
 * cost is limited, and reaching the limit is an error, not a text without findings.
 */
#ifndef ROS_PHI_SITE_H
#define ROS_PHI_SITE_H

#include "base/err.h"
#include "base/str.h"
#include "phi/scan.h"

struct phi_site; /* opaque */

struct phi_site *phi_site_new(void);
void phi_site_free(struct phi_site *s); /* NULL is fine */

/*
 * Adds the rules of a file, {"rules": [{"id", "label", "hipaa", "severity", "about", "match": {"keywords", "regex"},
 * "examples": {"match", "no_match"}}]}. Each rule is held against its examples. Error: ROS_CONFIG, with the rule's
 * number or id, and the member or example.
 */
int phi_site_read(struct phi_site *s, const char *path, struct err *e);

/* As phi_scan(), but in any order. Where it fails, too, *found is what was found. */
int phi_site_scan(struct phi_site *s, struct str key, struct str text, const struct phi_finding **found, size_t *n, struct err *e);

/*
 * The rule of that number among all, the built-in ones first, then the site's (NULL: there are none); NULL behind the
 * last.
 */
const struct phi_rule *phi_rule_at(const struct phi_site *s, size_t i);

/* The rule of that id, or NULL. */
const struct phi_rule *phi_rule_find(const struct phi_site *s, struct str id);

#endif
