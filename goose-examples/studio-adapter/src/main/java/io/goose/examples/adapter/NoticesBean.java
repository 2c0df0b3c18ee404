package io.goose.examples.adapter;

import io.goose.mdb.JobsBean;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.resource.cci.MessageListener;

/** Runs the jobs of the queue {@code notices} on threads of the server. */
@MessageDriven(
        messageListenerInterface = MessageListener.class,
        activationConfig = @ActivationConfigProperty(propertyName = "queues", propertyValue = "notices"))
public class NoticesBean extends JobsBean {}
