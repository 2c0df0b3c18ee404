/** Runs the photo studio: brings an application server, and a Redis if one is wanted, waits for the page, takes all of it down again. */
@NullMarked
package io.goose.examples.run;

import org.jspecify.annotations.NullMarked;
