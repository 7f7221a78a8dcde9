/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where code built with -fsanitize-coverage=trace-pc calls at each edge; part of sanitized builds only. */
#include "config.h"

#include "driver.h"

void __sanitizer_cov_trace_pc(void);

void (*fuzz_edge)(uintptr_t pc);

UNCOUNTED void __sanitizer_cov_trace_pc(void)
{
	if (fuzz_edge)
		fuzz_edge((uintptr_t)__builtin_return_address(0));
}
