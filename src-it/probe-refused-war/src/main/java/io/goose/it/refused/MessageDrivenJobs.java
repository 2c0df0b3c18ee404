package io.goose.it.refused;

import io.goose.Job;
import jakarta.ejb.MessageDriven;

/** Only messages can call a message-driven bean. */
@MessageDriven(messageListenerInterface = Runnable.class)
public class MessageDrivenJobs implements Runnable {

    @Override
    @Job
    public void run() {}
}
