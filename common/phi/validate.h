/*
 * Checks of candidates: whether digits can be what they look like. Each takes the candidate as it stands in the text, passes over
 * spaces, dashes and dots between digits, and knows nothing of what is around it.
 */
#ifndef ROS_PHI_VALIDATE_H
#define ROS_PHI_VALIDATE_H

#include "base/str.h"

#include <stdbool.h>

/* A sorted table that ends with NULL (rules.h) has the word, in lower case or not. */
bool phi_in_table(const char *const *table, struct str word);

/* Issued numbers (Social Security Administration, POMS RM 10201.035): no area 000, 666, 900-999, no group 00, no serial 0000. */
bool phi_is_ssn(struct str s);
bool phi_is_ssn_length(struct str s); /* nine digits */

/* ISO/IEC 7812: 13 to 16 digits, first digits of a large issuer (2221-2720, 3, 4, 51-55, 6), check digit by Luhn. */
bool phi_is_card(struct str s);
bool phi_is_card_length(struct str s); /* 11 to 19 digits */

/* 45 CFR 162.406: ten digits, the first 1 or 2, Luhn with 80840 in front. */
bool phi_is_npi(struct str s);

/* 21 CFR 1306 practice: two letters (or letter and 9), seven digits; the last is the last digit of d1+d3+d5 + 2(d2+d4+d6). */
bool phi_is_dea(struct str s);

/* 49 CFR 565.15: 17 characters, a check digit at position 9, by weights modulo 11. */
bool phi_is_vin(struct str s);

/* ISO 13616: the country's length, and modulo 97 of the rearranged number is 1. */
bool phi_is_iban(struct str s);

/* NHS Data Dictionary, NHS NUMBER: ten digits, weights 10 to 2, modulo 11. */
bool phi_is_nhs(struct str s);

/* Canada, Social Insurance Number: nine digits, the first not 0 or 8 but for samples, Luhn. */
bool phi_is_sin(struct str s);

/* CMS, Understanding the MBI Format: 11 characters whose 2nd, 5th, 8th and 9th are letters without S, L, O, I, B, Z. */
bool phi_is_mbi(struct str s);

bool phi_is_ipv4(struct str s);  /* not loopback, not unspecified, no net mask */
bool phi_is_ipv6(struct str s);  /* by inet_pton(3), with two groups of three digits or more */
bool phi_is_phone(struct str s); /* North American Numbering Plan: area and exchange start with 2 to 9 */
bool phi_is_phone_world(struct str s);  /* ITU-T E.164: 8 to 15 digits */
bool phi_is_phone_length(struct str s); /* 6 to 15 digits */
bool phi_is_zip_length(struct str s);   /* 3 to 10 digits */
bool phi_is_date(struct str s);      /* three numbers with a day and a month among them */
bool phi_is_month_day(struct str s); /* the first number that is no year is 1 to 31 */
bool phi_is_address(struct str s);   /* no word of the stop list before the last */
bool phi_is_person(struct str s);    /* a first name of the list, and no word of the stop list */
bool phi_is_person_last_first(struct str s); /* the same, with the first name second */
bool phi_is_not_stopped(struct str s); /* no word of the stop list */

#endif
