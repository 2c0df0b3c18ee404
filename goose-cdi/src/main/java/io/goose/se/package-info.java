/** Goose in plain Java SE: no container, threads of its own, settings and jobs given by the program. */
@NullMarked
package io.goose.se;

import org.jspecify.annotations.NullMarked;
