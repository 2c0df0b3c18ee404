/** What a test application sees around it, written where the tests can read it. */
@NullMarked
package io.goose.it.observe;

import org.jspecify.annotations.NullMarked;
