# SPDX-License-Identifier: GPL-3.0-or-later
# Adds up lines of `truth.py depinfo … counts NAME`: name, edges, found, sure, right.
{
	edges += $2; found += $3; sure += $4; right += $5
	if ($2 != $3 || $4 != $5)
		printf "%s: %d of %d found, %d of %d right\n", $1, $3, $2, $5, $4 >file
}
END { printf "%d\t%.4f\t%.4f\n", edges, sure ? right / sure : 1, edges ? found / edges : 1 }
