#!/bin/sh
# Every image that a folder of manifests names, each once: what a scanner is given.
set -eu
grep -rhoE --include='*.yaml' '^ +(- )?image: .+' "${1:-dist}" | sed -E 's/^ +(- )?image: //; s/^"(.*)"$/\1/' | sort -u
