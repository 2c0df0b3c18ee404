/** Looking at what waits and changing it: queues, scheduled, dead and parked jobs. */
@NullMarked
package io.goose.admin;

import org.jspecify.annotations.NullMarked;
