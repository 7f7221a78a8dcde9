/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options, locale, and the choice of a face. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/log.h"

int main(void)
{
	setlocale(LC_ALL, "");
	const char *catalogues = getenv("TAMIS_LOCALEDIR");
	bindtextdomain(PACKAGE, catalogues ? catalogues : LOCALEDIR);
	textdomain(PACKAGE);
	log_init();
	printf("%s\n", PACKAGE_STRING);
	return 0;
}
