/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E-mail addresses of persons. */
#include "text/personal_inside.h"

#include <ctype.h>
#include <strings.h>

static bool is_local(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._%+-", c));
}

static bool ends_as(struct span text, const char *end)
{
	size_t n = strlen(end);

	return text.len >= n && strncasecmp(text.p + text.len - n, end, n) == 0 &&
	       (text.len == n || text.p[text.len - n - 1] == '.' || end[0] == '.');
}

static bool is_any(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (word.len == strlen(*list) && strncasecmp(word.p, *list, word.len) == 0)
			return true;
	return false;
}

/* Hosts that stand for any, parts before "@" that stand for anybody, and what is a service of. */
static bool is_example(struct span local, struct span host)
{
	static const char *const hosts[] = { "example.com", "example.org", "example.net", "example.edu", ".example", ".test", ".invalid",
					     ".localhost", ".local", ".localdomain", "domain.tld", "domain.com", "host.com", "foo.com", "bar.com",
					     "email.com", "somewhere.com", "yourdomain.com", "mydomain.com", "company.com", "yourcompany.com",
					     "your.domain", "site.com", "test.com", NULL };
	static const char *const locals[] = { "git", "foo", "bar", "baz", "user", "username", "user1", "you", "your", "yourname", "your.name",
					      "name", "someone", "somebody", "nobody", "anybody", "anyone", "me", "myname", "test", "email",
					      "address", "xyz", "xxx", "localpart", "login", NULL };

	for (const char *const *h = hosts; *h; h++)
		if (ends_as(host, *h))
			return true;
	return is_any(local, locals);
}

/* A local part that begins or ends as those of lists and desks do ("bug-make", "zsh-users-subscribe"). */
static bool has_role_word(struct span local)
{
	static const char *const words[] = { "admin", "announce", "bug", "bugs", "coordinator", "cvs", "daemon", "dev", "devel", "discuss",
					     "doc", "docs", "feedback", "help", "list", "listmaster", "lists", "maintainer", "maintainers",
					     "owner", "porters", "private", "project", "request", "security", "server", "submit", "subscribe",
					     "support", "team", "unsubscribe", "user", "users", "workers", NULL };
	size_t from = 0;

	for (size_t i = 0; i <= local.len; i++) {
		if (i < local.len && !strchr("-_", local.p[i]))
			continue;
		if (is_any(span_make(local.p + from, i - from), words))
			return true;
		from = i + 1;
	}
	return false;
}

/* Mailboxes of offices (RFC 2142 and custom), of lists and of machines: behind them stands no one person. */
static bool is_role(struct span local, struct span host)
{
	static const char *const offices[] = { "abuse", "accounts", "billing", "careers", "contact", "contribute", "editor", "enquiries",
					       "ftp", "ftpmaster", "hello", "help", "helpdesk", "hostmaster", "hr", "info", "jobs", "legal",
					       "mail", "mailer", "majordomo", "sympa", "marketing", "media", "modules", "news", "nntp",
					       "no-reply", "noc", "noreply", "office", "orders", "postmaster", "press", "privacy",
					       "registry", "root", "sales", "security", "service", "staff", "support", "sysadmin", "team",
					       "usenet", "uucp", "webmaster", "www", NULL };
	static const char *const desks[] = { "lists", "list", "bugs", "rt", "groups", "packages", "listserv", "mailman", NULL };
	static const char *const groups[] = { "yahoogroups.com", "googlegroups.com", "groups.io", "freelists.org", NULL };
	const char *dot = memchr(host.p, '.', host.len);
	struct span first = span_make(host.p, dot ? (size_t)(dot - host.p) : host.len);

	for (const char *const *g = groups; *g; g++)
		if (ends_as(host, *g))
			return true;
	return is_any(local, offices) || is_any(first, desks) || has_role_word(local) ||
	       (local.len == first.len && strncasecmp(local.p, first.p, local.len) == 0); /* valgrind@valgrind.org */
}

/* "20141116001628.GO32192@host": the number of a message. */
static bool is_message(struct span local)
{
	size_t digits = 0;

	for (size_t i = 0; i < local.len; i++)
		digits += isdigit((unsigned char)local.p[i]) != 0;
	return digits >= 8 && 2 * digits > local.len && memchr(local.p, '.', local.len) != NULL;
}

static bool is_nobodys(struct span local, struct span host)
{
	return is_example(local, host) || is_role(local, host) || is_message(local);
}

void personal_find_emails(struct personal_list *out, struct span text)
{
	const char *sign = text.p;
	size_t floor = 0;

	while (text.len && (sign = memchr(sign, '@', (size_t)(text.p + text.len - sign))) != NULL) {
		size_t mid = (size_t)(sign - text.p), from = mid, to = mid + 1, dot = 0;

		while (from > floor && mid - from < 64 && is_local(text.p[from - 1]))
			from--;
		while (from < mid && strchr(".-", text.p[from]))
			from++;
		while (to < text.len && to - mid < 255 && (isalnum((unsigned char)text.p[to]) || strchr(".-", text.p[to]))) {
			if (text.p[to] == '.' && isalpha((unsigned char)(to + 1 < text.len ? text.p[to + 1] : ' ')))
				dot = to;
			to++;
		}
		while (to > mid + 1 && strchr(".-", text.p[to - 1]))
			to--;
		sign++;
		if (from == mid || dot <= mid + 1 || dot >= to - 2 ||
		    is_nobodys(span_make(text.p + from, mid - from), span_make(text.p + mid + 1, to - mid - 1)))
			continue;
		vec_push(&out->spans, (struct personal_span){ from, to - from, PERSONAL_EMAIL });
		floor = to;
		sign = text.p + to;
	}
}
