# SPDX-License-Identifier: GPL-3.0-or-later
. "${SRCDIR:?}/tests/cli/lib.sh"

bash "${SRCDIR}/man/keys.sh" "$TAMIS" "$SRCDIR" .
ran='share/keys/default and tamis --list-keys (make update-keys)'
check diff "${SRCDIR}/share/keys/default" default.new
ran='the actions of tamis-keys(7) and the table (make update-keys)'
check diff "${SRCDIR}/man/tamis-keys.7" tamis-keys.7.new
